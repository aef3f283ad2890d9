using OrtTrainer.Graph;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Prediction;

/// <summary>
/// An exported classifier in memory: token ids in, logits out. Any model of Hugging Face's layout will do, whoever
/// exported it. Safe for use from several threads at once.
/// </summary>
public sealed class OnnxClassifier : IDisposable
{
    private static readonly string[] KnownInputs =
        [PaddedInputs.InputIds, PaddedInputs.AttentionMask, PaddedInputs.TokenTypeIds];

    private readonly GraphSession _session;
    private readonly BindingPool _bindings;
    private readonly HashSet<string> _inputs;
    private readonly long _padId;

    private OnnxClassifier(GraphSession session, long padId)
    {
        _session = session;
        _padId = padId;
        try
        {
            _inputs = [.. session.Inputs.Select(i => i.Name)];
            CheckSignature(session);
            CheckTypes(session);
        }
        catch
        {
            session.Dispose();
            throw;
        }

        _bindings = new BindingPool(session, binding => binding.BindOutput(PaddedInputs.Logits));
    }

    /// <summary>Opens a model file, with its external data if it has any.</summary>
    /// <param name="path">The file.</param>
    /// <param name="execution">Threads and kernels.</param>
    /// <param name="padId">The id that fills rows up; the mask hides it.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="RuntimeFailureException">ONNX Runtime refuses the model.</exception>
    /// <exception cref="ModelException">Its inputs or outputs are not those of a text classifier.</exception>
    public static OnnxClassifier FromFile(string path, ExecutionOptions execution, long padId = 0) =>
        new(GraphSession.FromFile(path, execution), padId);

    /// <summary>Opens a model that is in memory.</summary>
    /// <inheritdoc cref="FromFile" path="/exception"/>
    public static OnnxClassifier FromBytes(
        ReadOnlyMemory<byte> model, ExecutionOptions execution, long padId = 0, string name = "classifier") =>
        new(GraphSession.FromBytes(model, execution, name), padId);

    /// <summary>The logits of every example, in order, one row of <paramref name="outputs"/> values each.</summary>
    /// <param name="examples">The examples; batches are formed by length, so that little is padding.</param>
    /// <param name="outputs">K, which the model must have.</param>
    /// <param name="tokensPerBatch">Roughly how many tokens run at once, padding included.</param>
    /// <param name="progress">Told after each batch how many examples are done; null for nobody.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="ModelException">The model gives another number of outputs per example.</exception>
    /// <exception cref="RuntimeFailureException">
    /// ONNX Runtime failed, as with ids the vocabulary does not have.
    /// </exception>
    /// <exception cref="ObjectDisposedException">This was disposed, perhaps while the call ran.</exception>
    public float[] Logits(
        IReadOnlyList<TokenizedExample> examples, int outputs, int tokensPerBatch = 4096,
        IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        float[] logits = new float[examples.Count * outputs];
        int[] order = [.. Enumerable.Range(0, examples.Count).OrderBy(i => examples[i].InputIds.Length)];
        for (int start = 0, end; start < order.Length; start = end)
        {
            cancellation.ThrowIfCancellationRequested();
            end = BatchEnd(examples, order, start, tokensPerBatch);
            ReadOnlySpan<int> indices = order.AsSpan(start, end - start);
            using BindingPool.Lease lease = _bindings.Rent();
            Binding binding = lease.Binding;
            new PaddedBatch(examples, indices, _padId).Bind(binding, _inputs);
            binding.Run();
            CheckShape(binding.OutputShape(PaddedInputs.Logits), indices.Length, outputs);
            ReadOnlySpan<float> result = binding.OutputAsFloats(PaddedInputs.Logits);
            for (int i = 0; i < indices.Length; i++)
            {
                result.Slice(i * outputs, outputs).CopyTo(logits.AsSpan(indices[i] * outputs));
            }

            progress?.Report(end);
        }

        return logits;
    }

    public void Dispose()
    {
        _bindings.Dispose();
        _session.Dispose();
    }

    // Lengths ascend, so the last example of a batch is its width.
    private static int BatchEnd(IReadOnlyList<TokenizedExample> examples, int[] order, int start, int tokensPerBatch)
    {
        int end = start + 1;
        while (end < order.Length && (end + 1 - start) * examples[order[end]].InputIds.Length <= tokensPerBatch)
        {
            end++;
        }

        return end;
    }

    private static void CheckSignature(GraphSession session)
    {
        string found = $"{session.Name} has inputs " +
            $"{string.Join(", ", session.Inputs.Select(i => i.Name))} and outputs " +
            $"{string.Join(", ", session.Outputs.Select(o => o.Name))}";
        if (session.Inputs.Any(i => !KnownInputs.Contains(i.Name))
            || session.Inputs.All(i => i.Name != PaddedInputs.InputIds)
            || session.Outputs.All(o => o.Name != PaddedInputs.Logits))
        {
            throw new ModelException(
                $"{found}; expected input_ids, attention_mask and perhaps token_type_ids in, logits out. " +
                "Export the model for text classification.");
        }
    }

    private static void CheckTypes(GraphSession session)
    {
        GraphValue logits = session.Outputs.First(output => output.Name == PaddedInputs.Logits);
        if (logits.Type is not { } type || !Binding.ConvertibleTypes.Contains(type))
        {
            throw new ModelException(
                $"{session.Name}: logits are {Words(logits)}; expected {string.Join(", ", Binding.ConvertibleTypes)}. " +
                "Export the model with such an output.");
        }

        if (session.Inputs.FirstOrDefault(i => i.Type is not (ElementType.Int64 or ElementType.Int32)) is { } input)
        {
            throw new ModelException(
                $"{session.Name}: {input.Name} is {Words(input)}; expected Int64 or Int32. " +
                "Export the model with such inputs.");
        }

        static string Words(GraphValue value) => value.Type?.ToString() ?? "no tensor";
    }

    private void CheckShape(long[] shape, int rows, int outputs)
    {
        if (!shape.SequenceEqual([rows, outputs]))
        {
            throw new ModelException(
                $"{_session.Name} gave logits of shape [{string.Join(", ", shape)}] for {rows} examples; " +
                $"expected [{rows}, {outputs}], an output per label. Check that config.json belongs to this model.");
        }
    }
}
