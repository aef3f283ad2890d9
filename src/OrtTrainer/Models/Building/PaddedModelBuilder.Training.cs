using OrtTrainer.Graph;

namespace OrtTrainer.Models.Building;

/// <content>Parameters as inputs of the graph, in the form in which weight files hold them.</content>
internal sealed partial class PaddedModelBuilder
{
    private readonly Dictionary<string, Value> _inputs = new(StringComparer.Ordinal);
    private readonly List<(Value Value, ParameterSpec Parameter)> _tensors = [];

    /// <summary>
    /// The inputs that are parameters, in the order in which they are first used: each has name and shape of a tensor
    /// of a weight file, and belongs to the parameter beside it, with which others may share it.
    /// </summary>
    public IReadOnlyList<(Value Value, ParameterSpec Parameter)> Tensors => _tensors;

    /// <summary>1 for tokens, 0 for padding, int64 [B, S].</summary>
    public Value TokenMask => Mask;

    /// <summary>
    /// Ends the encoder: ids are the decoder's from here on, an input of their own, [B, U]. Its rows are filled up
    /// behind their tokens, so that no token sees padding.
    /// </summary>
    public override void StartDecoder()
    {
        if (_weights is not null)
        {
            base.StartDecoder();
        }

        _encoderMask = Mask;
        _inputIds = Graph.Input(
            PaddedInputs.DecoderInputIds, TensorType.Int64(BatchSize, "decoder_sequence_length"));
        _mask = Graph.Add(Graph.Mul(InputIds, Graph.Constant(0L)), Graph.Constant(1L));
    }

    /// <summary>A parameter, cut out of the tensor that weight files hold it in.</summary>
    /// <param name="spec">The parameter.</param>
    /// <param name="isTransposed">Whether a matrix [out, in] is wanted as [in, out].</param>
    private Value OfTensor(ParameterSpec spec, bool isTransposed)
    {
        ParameterStorage storage = spec.Storage;
        long[] stored = storage.ShapeFor(spec.Shape);
        if (!_inputs.TryGetValue(storage.Tensor, out Value? tensor))
        {
            tensor = Graph.Input(storage.Tensor, new TensorType(ElementType.Float, Shape.Of(stored)));
            _inputs.Add(storage.Tensor, tensor);
            _tensors.Add((tensor, spec));
        }

        bool inputsFirst = storage.InputsFirst && spec.Shape.Count == 2;
        if (storage.Rows is not null)
        {
            tensor = Graph.Slice(
                tensor, inputsFirst ? 1 : 0, storage.FirstRow, storage.FirstRow + spec.Shape[0]);
        }

        if (storage.Kernel is not null)
        {
            tensor = Graph.Reshape(tensor, [.. spec.Shape]);
        }

        return inputsFirst != isTransposed ? Graph.Transpose(tensor, 1, 0) : tensor;
    }

    /// <summary>A row of each sequence, [B, H]: as rows of a matrix, whose gradient adds up in a fixed order.</summary>
    /// <param name="x">[B, S, H].</param>
    /// <param name="places">Which row of each, int64 [B, 1].</param>
    private Value PickedRows(Value x, Value places)
    {
        Value batch = Graph.Gather(Graph.ShapeOf(InputIds), Graph.Constant(0L));
        Value sequences = Graph.Node("Range", [Graph.Constant(0L), batch, Graph.Constant(1L)]);
        Value first = Graph.Mul(sequences, Length(InputIds));
        Value rows = Graph.Add(Graph.WithShape(first, x.Shape[0]), Graph.WithShape(
            Graph.Squeeze(places, 1), x.Shape[0]));
        Value flat = Graph.Reshape(x, -1, x.Shape[2].Size);
        return Graph.WithShape(Graph.Gather(flat, rows), new Shape(x.Shape[0], x.Shape[2]));
    }
}
