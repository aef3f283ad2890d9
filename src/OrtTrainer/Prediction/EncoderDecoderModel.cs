using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Prediction;

/// <summary>
/// An exported encoder with its decoder in memory, as optimum lays them out: two graphs, of which the second takes the
/// states that the first gives. Safe for use from several threads at once.
/// </summary>
internal sealed class EncoderDecoderModel : InferenceModel
{
    private readonly GraphSession _encoder;
    private readonly GraphSession _decoder;
    private readonly BindingPool _encoderBindings;
    private readonly BindingPool _decoderBindings;
    private readonly long _padId;

    /// <param name="folder">Has both graphs.</param>
    /// <param name="head">What gave the logits: the values per row.</param>
    /// <param name="execution">Threads and kernels.</param>
    /// <param name="padId">The id that fills rows up.</param>
    /// <exception cref="FileNotFoundException">A graph is not there.</exception>
    /// <exception cref="RuntimeFailureException">ONNX Runtime refuses a graph.</exception>
    public EncoderDecoderModel(string folder, ModelHead head, ExecutionOptions execution, long padId)
        : base(head)
    {
        _padId = padId;
        _encoder = GraphSession.FromFile(Path.Combine(folder, OnnxModelFolder.EncoderName), execution);
        try
        {
            _decoder = GraphSession.FromFile(Path.Combine(folder, OnnxModelFolder.DecoderName), execution);
        }
        catch
        {
            _encoder.Dispose();
            throw;
        }

        _encoderBindings = new(_encoder, binding => binding.BindOutput(PaddedInputs.LastHiddenState));
        _decoderBindings = new(_decoder, binding => binding.BindOutput(PaddedInputs.Logits));
    }

    public override string Description =>
        $"padded ONNX graphs of {_encoder.Name} and {_decoder.Name}, ONNX Runtime's own operators";

    public override bool AnswersForAllTokens => true;

    public override void RunBatch(
        IReadOnlyList<TokenizedExample> examples, ReadOnlySpan<int> indices, IOutputSink sink)
    {
        TokenizedExample[] targets = [.. indices.ToArray().Select(index =>
            new TokenizedExample(examples[index].DecoderIds!, new int[examples[index].DecoderIds!.Length]))];
        PaddedBatch source = new(examples, indices, _padId);
        PaddedBatch target = new(targets, [.. Enumerable.Range(0, targets.Length)], _padId);
        using BindingPool.Lease encoder = _encoderBindings.Rent();
        source.Bind(encoder.Binding, Inputs(PaddedInputs.InputIds, PaddedInputs.AttentionMask));
        encoder.Binding.Run();

        using BindingPool.Lease decoder = _decoderBindings.Rent();
        target.Bind(decoder.Binding, Inputs(PaddedInputs.InputIds));
        source.BindMask(decoder.Binding, PaddedInputs.EncoderAttentionMask);
        decoder.Binding.SetInput(
            PaddedInputs.EncoderHiddenStates, encoder.Binding.Output(PaddedInputs.LastHiddenState),
            encoder.Binding.OutputShape(PaddedInputs.LastHiddenState));
        decoder.Binding.SetInput(PaddedInputs.UseCacheBranch, [false], [1]);
        foreach (GraphValue past in _decoder.Inputs.Where(input => PaddedInputs.IsPast(input.Name)))
        {
            // Whole targets are read at once: there are no earlier tokens.
            decoder.Binding.SetInput(
                past.Name, ReadOnlySpan<float>.Empty, [source.Rows, past.Shape[1], 0, past.Shape[3]]);
        }

        decoder.Binding.Run();
        int[] starts = new int[targets.Length], rows = new int[targets.Length];
        for (int b = 0; b < targets.Length; b++)
        {
            (starts[b], rows[b]) = Head.Rows.Padded(b, targets[b].InputIds.Length, target.Width);
        }

        sink.Add(new OutputBatch(
            decoder.Binding.Output(PaddedInputs.Logits), Head.Outputs, indices, starts, rows));
    }

    public override void Dispose()
    {
        _encoderBindings.Dispose();
        _decoderBindings.Dispose();
        _encoder.Dispose();
        _decoder.Dispose();
    }

    protected override IEnumerable<int[]> Batches(IReadOnlyList<TokenizedExample> examples, int tokens) =>
        LengthBatches.Padded(examples, tokens);

    private static HashSet<string> Inputs(params IEnumerable<string> names) => [.. names];
}
