using OrtTrainer.Graph;
using OrtTrainer.Graph.Differentiation;
using OrtTrainer.Graph.Functions;

namespace OrtTrainer.Tests.Graph;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class AutodiffTests
{
    private readonly GraphBuilder _g = new("test");

    [Test]
    public void A_loss_with_axes_is_refused() => Assert.That(
        () => Autodiff.Gradients(_g, _g.Input("x", TensorType.Float(2)), []),
        Throws.TypeOf<GraphException>().With.Message.Contains("x: Float[2]"));

    [Test]
    public void A_parameter_without_influence_is_named()
    {
        Value x = _g.Input("x", TensorType.Float());
        Value other = _g.Input("other", TensorType.Float());
        Value loss = _g.Mul(x, x);

        Assert.That(() => Autodiff.Gradients(_g, loss, [other]),
            Throws.TypeOf<GraphException>().With.Message.Contains("'other'"));
        Assert.That(Autodiff.Parameters(_g, loss, [x, other]), Is.EqualTo(new[] { x }));
    }

    [Test]
    public void An_operator_without_a_rule_is_named_with_its_node()
    {
        Value x = _g.Input("x", TensorType.Float(3));
        Value loss;
        using (_g.Scope("layer"))
        {
            loss = _g.ReduceSum(_g.Node("Floor", [x]), [0], keepAxes: false);
        }

        Assert.That(() => Autodiff.Gradients(_g, loss, [x]),
            Throws.TypeOf<GraphException>().With.Message.Contains("Floor").And.Message.Contains("'layer/Floor'"));
    }

    [Test]
    public void An_output_kept_for_the_backward_pass_cannot_be_in_the_loss()
    {
        Value x = _g.Input("x", TensorType.Float(3, 4));
        Value gamma = _g.Input("gamma", TensorType.Float(4));
        IReadOnlyList<Value> outputs = _g.NodeOutputs(FunctionDefinition.Domain, "LayerNorm", [x, gamma, gamma],
            AttributeList.Empty.With("epsilon", 1e-5f));
        Value loss = _g.ReduceSum(outputs[1], [0], keepAxes: false);

        Assert.That(() => Autodiff.Gradients(_g, loss, [x]),
            Throws.TypeOf<GraphException>().With.Message.Contains("output 1"));
    }

    [Test]
    public void A_layer_takes_in_what_later_uses_of_its_input_gave()
    {
        Value x = _g.Input("x", TensorType.Float("tokens", 4)), w = _g.Input("w", TensorType.Float(4, 4));
        Value early = _g.Tanh(x), layer = _g.Linear(x, w);
        Value loss = _g.ReduceSum(_g.Add(_g.Add(layer, x), early), [0, 1], keepAxes: false);
        int forward = _g.NodeCount;

        IReadOnlyList<Value> gradients = Autodiff.Gradients(_g, loss, [x, w]);

        // Of three gradients of x the first comes in with the layer's, and the last one is added to both.
        Node[] backward = [.. _g.Nodes.Skip(forward)];
        Node taken = backward.Single(node => node.Operator.Type == "ResidualLinearWithoutBiasGrad");
        Node[] sums = [.. backward.Where(node => node.Operator.Type == "Add")];
        Assert.That(backward.Select(node => node.Operator.Type), Has.None.EqualTo("LinearWithoutBiasGrad"));
        Assert.That(sums, Has.Length.EqualTo(1));
        Assert.That(sums[0].Inputs[0], Is.SameAs(taken.Outputs[0]));
        Assert.That(gradients[0], Is.SameAs(sums[0].Outputs[0]));
        Assert.That(gradients[1], Is.SameAs(taken.Outputs[1]));
    }

    [Test]
    public void No_gradient_passes_through_integers()
    {
        Value x = _g.Input("x", TensorType.Float(3));
        Value rounded = _g.Cast(_g.Cast(x, OrtTrainer.Graph.ElementType.Int64), OrtTrainer.Graph.ElementType.Float);
        Value loss = _g.ReduceSum(_g.Mul(x, rounded), [0], keepAxes: false);

        IReadOnlyList<Value> gradients = Autodiff.Gradients(_g, loss, [x]);

        Assert.That(gradients.Single().Shape, Is.EqualTo(x.Shape));
    }
}
