using OrtTrainer.Graph;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Cpu.Kernels;

namespace OrtTrainer.Tests.Runtime;

/// <summary>
/// One fused operator, run as the only node of a graph in a real session. What its kernel takes or gives in bfloat16 is
/// float32 here: casts about the node round it and make it wide again.
/// </summary>
internal sealed class KernelRun(string op, params (string Name, object Value)[] attributes)
{
    private readonly List<(long[] Shape, float[]? Floats, long[]? Int64s)> _inputs = [];

    public string Operator => op;

    /// <summary>The inputs given so far, in order.</summary>
    public IReadOnlyList<(long[] Shape, float[]? Floats, long[]? Int64s)> Inputs => _inputs;

    public KernelRun With(float[] data, params long[] shape)
    {
        _inputs.Add((shape, data, null));
        return this;
    }

    public KernelRun With(long[] data, params long[] shape)
    {
        _inputs.Add((shape, null, data));
        return this;
    }

    /// <summary>Another operator with the same attributes and inputs.</summary>
    public KernelRun As(string other)
    {
        KernelRun run = new(other, attributes);
        run._inputs.AddRange(_inputs);
        return run;
    }

    /// <summary>Replaces an input by zeros of another shape.</summary>
    public KernelRun Reshaped(int input, params long[] shape)
    {
        long length = shape.Aggregate(1L, (a, b) => a * b);
        _inputs[input] = _inputs[input].Floats is null
            ? (shape, null, new long[length])
            : (shape, new float[length], null);
        return this;
    }

    /// <summary>The single output.</summary>
    public float[] Single(int threads = 2) => Outputs(1, threads)[0];

    /// <summary>
    /// The first <paramref name="count"/> outputs, in order; with the default kernels where none are given.
    /// </summary>
    public float[][] Outputs(int count, int threads = 2, KernelLibrary? library = null) =>
        Run(count, threads, library ?? KernelLibrary.Default, withBody: false);

    /// <summary>The same, by the function body of the operator and without any kernel.</summary>
    public float[][] OutputsOfBody(int count) => Run(count, 2, null, withBody: true);

    /// <summary>A session and a binding with the inputs set, to run more than once.</summary>
    public OpenKernel Open(int outputs, int threads = 2, KernelLibrary? library = null) =>
        Open(outputs, threads, library ?? KernelLibrary.Default, withBody: false);

    private float[][] Run(int count, int threads, KernelLibrary? library, bool withBody)
    {
        using OpenKernel open = Open(count, threads, library, withBody);
        return open.Run();
    }

    private OpenKernel Open(int count, int threads, KernelLibrary? library, bool withBody)
    {
        TestModel model = new();
        KernelDefinition? kernel =
            (library ?? KernelLibrary.Default).Definitions.FirstOrDefault(definition => definition.Name == op);
        string[] inputs = [.. _inputs.Select((_, i) => $"i{i}")];
        string[] outputs = [.. Enumerable.Range(0, count).Select(i => $"o{i}")];
        for (int i = 0; i < inputs.Length; i++)
        {
            ElementType type = _inputs[i].Floats is null ? ElementType.Int64 : ElementType.Float;
            model.Input(inputs[i], type, [.. _inputs[i].Shape.Select((_, d) => $"d{i}_{d}")]);
        }

        foreach (string output in outputs)
        {
            model.Output(output, ElementType.Float);
        }

        string[] read = [.. inputs.Select((name, i) =>
            _inputs[i].Floats is not null && IsBFloat16(kernel?.InputTypes, i)
                ? Cast(model, name, "rounded_" + name, ElementType.BFloat16)
                : name)];
        string[] written = [.. outputs.Select((name, i) =>
            IsBFloat16(kernel?.OutputTypes, i) || IsKeptHalf(i) ? "rounded_" + name : name)];
        model.Fused(op, read, written, attributes);
        foreach ((string rounded, string output) in written.Zip(outputs).Where(pair => pair.First != pair.Second))
        {
            Cast(model, rounded, output, ElementType.Float);
        }

        ExecutionOptions options = new() { IntraOpThreads = threads, SpinWhileIdle = false };
        OpenKernel open = new(
            GraphSession.FromBytes(withBody ? model.WithBody(op).Bytes() : model.Bytes(), options, library, op),
            [.. _inputs.Select(input => input.Shape)]);
        for (int i = 0; i < inputs.Length; i++)
        {
            if (_inputs[i].Floats is { } floats)
            {
                open.Set(i, floats);
            }
            else
            {
                open.Set(i, _inputs[i].Int64s!);
            }
        }

        return open;
    }

    // What a layer without a kernel keeps for its gradient is float16 where its products are.
    private bool IsKeptHalf(int output) => output == 1 && op.EndsWith("Fp16", StringComparison.Ordinal)
        && op.Contains("FeedForward", StringComparison.Ordinal) && !op.Contains("Grad", StringComparison.Ordinal);

    private static bool IsBFloat16(IReadOnlyList<ElementType>? types, int index) =>
        index < types?.Count && types[index] == ElementType.BFloat16;

    private static string Cast(TestModel model, string from, string to, ElementType type)
    {
        model.Node("Cast", [from], [to], ("to", (int)type));
        return to;
    }
}
