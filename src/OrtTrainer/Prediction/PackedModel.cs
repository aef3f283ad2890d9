using OrtTrainer.Common;
using OrtTrainer.Graph;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Prediction;

/// <summary>
/// The graph that training evaluates with, its weights stored in it: no padding, and the kernels of training, which
/// prepare the weights once.
/// </summary>
internal sealed class PackedModel : InferenceModel
{
    private readonly PackedGraph _graph;
    private readonly GraphSession _session;
    private readonly BindingPool _bindings;
    private readonly Precision _precision;

    /// <param name="architecture">The encoder.</param>
    /// <param name="head">What stands on it.</param>
    /// <param name="layout">Where each parameter lies in the buffer.</param>
    /// <param name="weights">The weights, which are copied.</param>
    /// <param name="precision">What the operands of products are rounded to.</param>
    /// <param name="execution">Threads and kernels.</param>
    /// <param name="name">What messages call the model.</param>
    /// <exception cref="RuntimeFailureException">ONNX Runtime refuses the graph.</exception>
    public PackedModel(
        Architecture architecture, ModelHead head, ParameterLayout layout, WeightBuffer weights, Precision precision,
        ExecutionOptions execution, string name)
        : base(head)
    {
        ExecutionOptions options = execution with { Precision = precision };
        PackedGraph graph = PackedGraph.Inference(architecture, head, layout, weights, options.Products);
        _session = GraphSession.FromBytes(graph.Model, options, name);
        _graph = graph with { Model = [] };
        _bindings = new BindingPool(_session, binding => binding.BindOutput(PackedInputs.Logits));
        _precision = precision;
    }

    public override string Description =>
        $"packed graph without padding, {OptionWords.Of(_precision)}, " +
        (_session.Kernels.Count > 0 ? "C# kernels" : "function bodies");

    public override bool AnswersForAllTokens => false;

    public override void RunBatch(
        IReadOnlyList<TokenizedExample> examples, ReadOnlySpan<int> indices, IOutputSink sink)
    {
        PackedBatch batch = new();
        batch.Fill(examples, indices);
        using BindingPool.Lease lease = _bindings.Rent();
        batch.Bind(lease.Binding, _graph.Inputs);
        lease.Binding.Run();
        batch.PassOn(lease.Binding, _graph.Rows, indices, sink);
    }

    public override void Dispose()
    {
        _bindings.Dispose();
        _session.Dispose();
    }

    protected override IEnumerable<int[]> Batches(IReadOnlyList<TokenizedExample> examples, int tokens) =>
        LengthBatches.Packed(examples, tokens);
}
