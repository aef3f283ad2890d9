using OrtTrainer.Common;
using OrtTrainer.Graph;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Prediction;

/// <summary>
/// An exported model in memory: token ids in, logits out. Any model of Hugging Face's layout will do, whoever
/// exported it. Safe for use from several threads at once.
/// </summary>
internal sealed class OnnxModel : InferenceModel
{
    private static readonly string[] KnownInputs =
    [
        PaddedInputs.InputIds, PaddedInputs.AttentionMask, PaddedInputs.TokenTypeIds, PaddedInputs.PositionIds,
    ];

    private static readonly string[] ImageInputs = [PaddedInputs.PixelValues];

    private const string TextInputs = "input_ids, attention_mask and perhaps token_type_ids";

    private readonly GraphSession _session;
    private readonly BindingPool _bindings;
    private readonly HashSet<string> _inputs;
    private readonly GraphValue[] _past;
    private readonly long _padId;

    private OnnxModel(GraphSession session, ModelHead head, long padId)
        : base(head)
    {
        _session = session;
        _padId = padId;
        try
        {
            _inputs = [.. session.Inputs.Select(i => i.Name)];
            _past = [.. session.Inputs.Where(IsPast)];
            CheckSignature(session, head);
            CheckTypes(session, head);
        }
        catch
        {
            session.Dispose();
            throw;
        }

        _bindings = new BindingPool(session, binding =>
        {
            foreach (string output in head.ExportedNames)
            {
                binding.BindOutput(output);
            }
        });
    }

    /// <summary>Opens a model file, with its external data if it has any.</summary>
    /// <param name="path">The file.</param>
    /// <param name="head">What gave its logits: the rows they have, and the values per row.</param>
    /// <param name="execution">Threads and kernels.</param>
    /// <param name="padId">The id that fills rows up; the mask hides it.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="RuntimeFailureException">ONNX Runtime refuses the model.</exception>
    /// <exception cref="RunException">Its inputs or outputs are not those of a model of texts.</exception>
    public static OnnxModel FromFile(
        string path, ModelHead head, ExecutionOptions execution, long padId = 0) =>
        new(GraphSession.FromFile(path, execution), head, padId);

    /// <summary>Opens a model that is in memory.</summary>
    /// <inheritdoc cref="FromFile" path="/exception"/>
    public static OnnxModel FromBytes(
        ReadOnlyMemory<byte> model, ModelHead head, ExecutionOptions execution, long padId = 0,
        string name = "model") =>
        new(GraphSession.FromBytes(model, execution, name), head, padId);

    public override string Description => $"padded ONNX graph of {_session.Name}, ONNX Runtime's own operators";

    public override bool AnswersForAllTokens => true;

    public override void RunBatch(
        IReadOnlyList<TokenizedExample> examples, ReadOnlySpan<int> indices, IOutputSink sink)
    {
        PaddedBatch batch = new(examples, indices, _padId);
        using BindingPool.Lease lease = _bindings.Rent();
        Binding binding = lease.Binding;
        batch.Bind(binding, _inputs);
        foreach (GraphValue past in _past)
        {
            // Whole texts are read at once: there are no earlier tokens.
            binding.SetInput(past.Name, ReadOnlySpan<float>.Empty, [batch.Rows, past.Shape[1], 0, past.Shape[3]]);
        }

        binding.Run();
        int[] starts = new int[indices.Length];
        int[] rows = new int[indices.Length];
        for (int b = 0; b < indices.Length; b++)
        {
            int length = examples[indices[b]].InputIds.Length;
            (starts[b], rows[b]) = Head.Rows.Padded(b, length, batch.Width);
        }

        sink.Add(new OutputBatch(Values(binding, batch), Head.Outputs, indices, starts, rows));
    }

    public override void Dispose()
    {
        _bindings.Dispose();
        _session.Dispose();
    }

    protected override IEnumerable<int[]> Batches(IReadOnlyList<TokenizedExample> examples, int tokens) =>
        LengthBatches.Padded(examples, tokens);

    private static bool IsPast(GraphValue input) =>
        PaddedInputs.IsPast(input.Name) && input is { Type: ElementType.Float, Shape: [_, > 0, _, > 0] };

    private static void CheckSignature(GraphSession session, ModelHead head)
    {
        string found = $"{session.Name} has inputs " +
            $"{string.Join(", ", session.Inputs.Select(i => i.Name))} and outputs " +
            $"{string.Join(", ", session.Outputs.Select(o => o.Name))}";
        string[] known = head.TakesImages ? ImageInputs : KnownInputs;
        if (session.Inputs.Any(i => !known.Contains(i.Name) && !IsPast(i))
            || session.Inputs.All(i => i.Name != known[0])
            || !head.ExportedNames.All(name => session.Outputs.Any(o => o.Name == name)))
        {
            throw new RunException(
                $"{found}; expected {(head.TakesImages ? PaddedInputs.PixelValues : TextInputs)} in, " +
                $"{string.Join(" and ", head.ExportedNames)} out. {Advice(head)}");
        }
    }

    private static string Advice(ModelHead head) => head.TakesImages
        ? "Export the model for image classification."
        : head.ExportedNames is [PaddedInputs.Logits]
        ? "Export the model for text classification."
        : head.ExportedNames is [PaddedInputs.SentenceEmbedding]
            ? "Take the file away, and the graph is built from the weights; or export the model here."
        : $"Export the model as the class that config.json names, …{head.ClassSuffix}.";

    private static void CheckTypes(GraphSession session, ModelHead head)
    {
        foreach (GraphValue logits in session.Outputs.Where(output => head.ExportedNames.Contains(output.Name)))
        {
            if (logits.Type is not { } type || !Binding.ConvertibleTypes.Contains(type))
            {
                throw new RunException(
                    $"{session.Name}: {logits.Name} are {Words(logits)}; expected " +
                    $"{string.Join(", ", Binding.ConvertibleTypes)}. Export the model with such an output.");
            }
        }

        ElementType[] types = head.TakesImages ? [ElementType.Float] : [ElementType.Int64, ElementType.Int32];
        if (session.Inputs.FirstOrDefault(
            i => !IsPast(i) && (i.Type is not { } type || !types.Contains(type))) is { } input)
        {
            throw new RunException(
                $"{session.Name}: {input.Name} is {Words(input)}; expected {string.Join(" or ", types)}. " +
                "Export the model with such inputs.");
        }

        static string Words(GraphValue value) => value.Type?.ToString() ?? "no tensor";
    }

    // The values of all rows: of one output as they are, of one per value side by side.
    private ReadOnlySpan<float> Values(Binding binding, PaddedBatch batch)
    {
        long[] expected = Head.Rows.PaddedShape(batch.Rows, batch.Width, Head.Outputs);
        if (Head.ExportedNames is [string only])
        {
            CheckShape(only, binding.OutputShape(only), batch, expected);
            return binding.OutputAsFloats(only);
        }

        int width = Head.Outputs;
        float[] values = new float[batch.Rows * batch.Width * width];
        for (int k = 0; k < width; k++)
        {
            string name = Head.ExportedNames[k];
            CheckShape(name, binding.OutputShape(name), batch, expected[..^1]);
            ReadOnlySpan<float> column = binding.OutputAsFloats(name);
            for (int row = 0; row < column.Length; row++)
            {
                values[(row * width) + k] = column[row];
            }
        }

        return values;
    }

    private void CheckShape(string name, long[] shape, PaddedBatch batch, long[] expected)
    {
        if (!shape.SequenceEqual(expected))
        {
            throw new RunException(
                $"{_session.Name} gave {name} of shape [{string.Join(", ", shape)}] for {batch.Rows} examples; " +
                $"expected [{string.Join(", ", expected)}], an output per label. Check that config.json belongs to " +
                "this model.");
        }
    }
}
