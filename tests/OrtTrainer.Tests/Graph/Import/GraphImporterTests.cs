using OrtTrainer.Graph;
using OrtTrainer.Graph.Differentiation;
using OrtTrainer.Graph.Import;
using OrtTrainer.Graph.Onnx;

namespace OrtTrainer.Tests.Graph.Import;

public sealed class GraphImporterTests
{
    private static readonly AttributeProto DefaultFactor = AttributeList.Empty.With("factor", 2f).All.Single();

    [Test]
    public void Functions_are_put_in_place_of_their_calls_with_the_attributes_of_each()
    {
        ModelProto model = Model(
            new NodeProto
            {
                Name = "a", Domain = "local", OpType = "Scaled", Input = { "x" }, Output = { "h" },
                Attribute = { Factor(3) },
            },
            new NodeProto { Name = "b", Domain = "local", OpType = "Scaled", Input = { "h" }, Output = { "y" } });
        model.Functions.Add(Scaled());

        ModelProto rebuilt = GraphImporter.Import(model).Builder.ToModel();

        Assert.That(rebuilt.Functions, Is.Empty);
        Assert.That(rebuilt.Graph.Node.Select(n => n.OpType), Is.EqualTo(new[] { "Mul", "Mul", "Identity" }));
        Assert.That(rebuilt.Graph.Initializer.Select(t => t.ReadFloat()[0]), Is.EqualTo(new[] { 3f, 2f }));
        Assert.That(rebuilt.Graph.Output[0].Name, Is.EqualTo("y"));
    }

    [Test]
    public void A_function_that_calls_itself_is_refused()
    {
        ModelProto model = Model(
            new NodeProto { Name = "a", Domain = "local", OpType = "Loop", Input = { "x" }, Output = { "y" } });
        FunctionProto loop = new() { Domain = "local", Name = "Loop", Input = { "u" }, Output = { "v" } };
        loop.Node.Add(new NodeProto { Domain = "local", OpType = "Loop", Input = { "u" }, Output = { "v" } });
        loop.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 18 });
        model.Functions.Add(loop);

        Assert.That(() => GraphImporter.Import(model),
            Throws.TypeOf<GraphException>().With.Message.Contains("calls itself"));
    }

    [Test]
    public void A_branch_that_depends_on_the_run_is_refused_and_one_that_follows_from_shapes_is_taken()
    {
        NodeProto size = new() { OpType = "Shape", Input = { "x" }, Output = { "size" } };
        NodeProto first = new() { OpType = "Gather", Input = { "size", "one" }, Output = { "width" } };
        NodeProto equal = new() { OpType = "Equal", Input = { "width", "four" }, Output = { "condition" } };
        NodeProto branch = new() { Name = "choice", OpType = "If", Input = { "condition" }, Output = { "y" } };
        branch.Attribute.Add(Branch("then_branch", "Neg"));
        branch.Attribute.Add(Branch("else_branch", "Exp"));
        ModelProto model = Model(size, first, equal, branch);
        model.Graph.Initializer.Add(TensorContent.Int64("one", [], [1]));
        model.Graph.Initializer.Add(TensorContent.Int64("four", [], [4]));

        Assert.That(GraphImporter.Import(model).Builder.ToModel().Graph.Node.Select(n => n.OpType),
            Is.EqualTo(new[] { "Neg", "Identity" }));
        model.Graph.Initializer[0] = TensorContent.Int64("one", [], [0]);
        Assert.That(() => GraphImporter.Import(model), Throws.TypeOf<GraphException>()
            .With.Message.Contains("'choice'").And.Message.Contains("depends on the run"));
    }

    [Test]
    public void Axes_given_as_attributes_become_inputs()
    {
        NodeProto mean = new() { OpType = "ReduceMean", Input = { "x" }, Output = { "y" } };
        mean.Attribute.AddRange(AttributeList.Empty.With("axes", -1L, 0L).With("keepdims", 0).All);
        ModelProto model = Model(mean);
        model.OpsetImport[0].Version = 17;

        ModelProto rebuilt = GraphImporter.Import(model).Builder.ToModel();

        Assert.That(rebuilt.OpsetImport.Single(o => o.Domain.Length == 0).Version, Is.EqualTo(18));
        Assert.That(rebuilt.Graph.Node.Single().Input, Has.Count.EqualTo(2));
        Assert.That(rebuilt.Graph.Output[0].Type.TensorType.Shape.Dim, Is.Empty);
    }

    [Test]
    public void A_graph_built_here_can_be_imported_and_built_upon()
    {
        GraphBuilder g = new("own");
        Value x = g.Input("x", TensorType.Float(3));
        g.Output(g.ReduceSum(g.Mul(g.Exp(x), g.Constant(0.5f)), [0], keepAxes: false), "loss");

        GraphBuilder again = GraphImporter.Import(g.ToModel()).Builder;
        Value gradient = Autodiff.Gradients(again, again.Outputs[0], [again.Inputs[0]])[0];
        again.Output(again.Add(gradient, again.Constant(0.5f)), "shifted");

        Assert.That(again.ToModel().Graph.Node.SelectMany(n => n.Output), Is.Unique);
        Assert.That(again.ToModel().Graph.Initializer.Select(t => t.Name), Is.Unique);
    }

    [Test]
    public void Chosen_tensors_become_inputs()
    {
        ModelProto model = Model(new NodeProto { OpType = "Add", Input = { "x", "bias" }, Output = { "y" } });
        model.Graph.Initializer.Add(TensorContent.Float("bias", [4], [1, 2, 3, 4]));

        ImportedGraph imported = GraphImporter.Import(model, tensor => tensor.Dims.Count == 1);

        Assert.That(imported.Parameters.Single().Value.Name, Is.EqualTo("bias"));
        Assert.That(imported.Builder.Inputs.Select(i => i.Name), Is.EqualTo(new[] { "x", "bias" }));
        Assert.That(imported.Builder.ToModel().Graph.Initializer, Is.Empty);
    }

    [TestCase("Warp", "", "Node 'n' (Warp, opset 18, output 'y')")]
    [TestCase("Neg", "acme", "Node 'n' (acme.Neg, no opset, output 'y')")]
    public void What_is_not_known_is_named(string op, string domain, string said)
    {
        ModelProto model = Model(
            new NodeProto { Name = "n", OpType = op, Domain = domain, Input = { "x" }, Output = { "y" } });
        Assert.That(() => GraphImporter.Import(model), Throws.TypeOf<GraphException>().With.Message.Contains(said));
    }

    [Test]
    public void A_value_that_nothing_gives_is_named() => Assert.That(
        () => GraphImporter.Import(Model(new NodeProto { OpType = "Neg", Input = { "ghost" }, Output = { "y" } })),
        Throws.TypeOf<GraphException>().With.Message.Contains("'ghost'"));

    private static ModelProto Model(params NodeProto[] nodes)
    {
        GraphBuilder g = new("test");
        g.Output(g.Input("x", TensorType.Float("n", 4)), "y");
        ModelProto model = g.ToModel();
        model.OpsetImport[0].Version = 18;
        model.Graph.Node.Clear();
        model.Graph.Node.AddRange(nodes);
        return model;
    }

    private static AttributeProto Factor(float value) => AttributeList.Empty.With("factor", value).All.Single();

    private static AttributeProto Branch(string name, string op) => new()
    {
        Name = name,
        Type = AttributeProto.Types.AttributeType.Graph,
        G = new GraphProto
        {
            Name = name,
            Node = { new NodeProto { OpType = op, Input = { "x" }, Output = { name + "_y" } } },
            Output = { new ValueInfoProto { Name = name + "_y" } },
        },
    };

    /// <summary>v = u · factor, 2 by default.</summary>
    private static FunctionProto Scaled()
    {
        FunctionProto function = new() { Domain = "local", Name = "Scaled", Input = { "u" }, Output = { "v" } };
        function.AttributeProto.Add(DefaultFactor);
        NodeProto constant = new() { OpType = "Constant", Output = { "c" } };
        constant.Attribute.Add(new AttributeProto
        {
            Name = "value_float",
            RefAttrName = "factor",
            Type = AttributeProto.Types.AttributeType.Float,
        });
        function.Node.Add(constant);
        function.Node.Add(new NodeProto { OpType = "Mul", Input = { "u", "c" }, Output = { "v" } });
        function.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 18 });
        return function;
    }
}
