using OrtTrainer.Graph;
using OrtTrainer.Graph.Functions;
using OrtTrainer.Graph.Onnx;

namespace OrtTrainer.Tests.Graph.Functions;

public sealed class FunctionParserTests
{
    [Test]
    public void A_signature_gives_inputs_attributes_and_outputs()
    {
        FunctionDefinition f = FunctionDefinition.Parse("Scale(x, y; float alpha, int heads) => a, b", "");

        Assert.That(f.Name, Is.EqualTo("Scale"));
        Assert.That(f.Inputs, Is.EqualTo(new[] { "x", "y" }));
        Assert.That(f.Outputs, Is.EqualTo(new[] { "a", "b" }));
        Assert.That(f.Attributes, Is.EqualTo(new Dictionary<string, FunctionAttributeType>
        {
            ["alpha"] = FunctionAttributeType.Float,
            ["heads"] = FunctionAttributeType.Int,
        }));
    }

    [Test]
    public void Nested_expressions_become_nodes_in_order_of_evaluation()
    {
        FunctionProto f = Parse("F(x) => y", "y = Mul(x, Add(Erf(x), 1.0))");

        Assert.That(f.Node.Select(n => n.OpType), Is.EqualTo(new[] { "Erf", "Constant", "Add", "Mul" }));
        Assert.That(f.Node[2].Input, Is.EqualTo(new[] { f.Node[0].Output[0], f.Node[1].Output[0] }));
        Assert.That(f.Node[3].Output, Is.EqualTo(new[] { "y" }));
        Assert.That(f.Node[1].Attribute.Single(), Is.EqualTo(
            new AttributeProto { Name = "value_float", Type = AttributeProto.Types.AttributeType.Float, F = 1 }));
    }

    [Test]
    public void Numbers_lists_words_and_references_become_attributes()
    {
        FunctionProto f = Parse("F(x; int n, float s) => y, z",
            "y, z = Op<axis = -1, perm = [0, 2, 1], eps = 1e-5, mode = add, count = @n>" +
            "(x, @s, [3, -4], 7)  # and a comment");

        NodeProto op = f.Node[^1];
        Assert.That(op.Output, Is.EqualTo(new[] { "y", "z" }));
        Assert.That(Named(op, "axis").I, Is.EqualTo(-1));
        Assert.That(Named(op, "perm").Ints, Is.EqualTo(new[] { 0, 2, 1 }));
        Assert.That(Named(op, "eps").F, Is.EqualTo(1e-5f));
        Assert.That(Named(op, "mode").S.ToStringUtf8(), Is.EqualTo("add"));
        Assert.That(Named(op, "count").RefAttrName, Is.EqualTo("n"));
        Assert.That(f.Node[0].Attribute[0], Is.EqualTo(new AttributeProto
        { Name = "value_float", RefAttrName = "s", Type = AttributeProto.Types.AttributeType.Float }));
        Assert.That(f.Node[1].Attribute[0].Ints, Is.EqualTo(new[] { 3, -4 }));
        Assert.That(f.Node[2].Attribute[0], Is.EqualTo(
            new AttributeProto { Name = "value_int", Type = AttributeProto.Types.AttributeType.Int, I = 7 }));
    }

    [Test]
    public void Names_of_functions_call_them_and_others_are_of_ONNX()
    {
        FunctionProto f = Parse("F(x) => y", "y = Other(Relu(x))");

        Assert.That(f.Node.Select(n => n.Domain), Is.EqualTo(new[] { "", FunctionDefinition.Domain }));
    }

    [TestCase("y = Add(x", "','")]
    [TestCase("y Add(x, x)", "'='")]
    [TestCase("y = Add(x, x) z", "end of the line")]
    [TestCase("y = Add(x, @missing)", "missing")]
    [TestCase("= Add(x, x)", "a name")]
    public void A_mistake_is_refused_with_its_place(string body, string said)
    {
        GraphException? error = Assert.Throws<GraphException>(() => Parse("F(x) => y", body));
        Assert.That(error!.Message, Does.Contain(said == "','" ? "a name" : said));
    }

    [TestCase("F(x => y")]
    [TestCase("F(x)")]
    [TestCase("F(x; float) => y")]
    [TestCase("F(x) => y extra")]
    public void A_signature_that_cannot_be_read_is_refused(string signature) =>
        Assert.That(() => FunctionDefinition.Parse(signature, ""),
            Throws.TypeOf<GraphException>().With.Message.Contains(signature));

    private static FunctionProto Parse(string signature, string body) =>
        FunctionParser.Parse(FunctionDefinition.Parse(signature, body), new HashSet<string> { "F", "Other" });

    private static AttributeProto Named(NodeProto node, string name) => node.Attribute.Single(a => a.Name == name);
}
