using OrtTrainer.Graph;

namespace OrtTrainer.Tests.Graph.Gradients;

/// <summary>The inputs of a gradient check: those that are differentiated and those that are given.</summary>
internal sealed class CaseInputs(GraphBuilder graph)
{
    private readonly Random _random = new(7);

    public GraphBuilder Graph { get; } = graph;

    /// <summary>Inputs to differentiate, with their values and run-time sizes.</summary>
    public List<(Value Value, float[] Data, long[] Sizes)> Parameters { get; } = [];

    /// <summary>Integer inputs.</summary>
    public List<(Value Value, long[] Data, long[] Sizes)> Given { get; } = [];

    /// <summary>
    /// What differences are taken of, where the outputs are rounded and so are no smooth function; null for them.
    /// </summary>
    public IReadOnlyList<Value>? Smooth { get; set; }

    /// <summary>Uniform values in [low, high).</summary>
    public Value Parameter(string name, long[] sizes, float low = -1, float high = 1, Shape? declared = null)
    {
        IEnumerable<int> elements = Enumerable.Range(0, Count(sizes));
        float[] values = [.. elements.Select(_ => low + ((high - low) * _random.NextSingle()))];
        return Parameter(name, sizes, values, declared);
    }

    /// <summary>
    /// Values in random order, 0.1 apart and none nearer to 0 than 0.05: no step of a finite difference meets a kink.
    /// </summary>
    public Value Apart(string name, long[] sizes, Shape? declared = null)
    {
        int count = Count(sizes);
        float[] values = [.. Enumerable.Range(0, count).Select(i => (0.1f * (i - (count / 2))) + 0.05f)];
        _random.Shuffle(values);
        return Parameter(name, sizes, values, declared);
    }

    public Value Parameter(string name, long[] sizes, float[] values, Shape? declared = null)
    {
        Value value = Graph.Input(name, new TensorType(ElementType.Float, declared ?? Shape.Of(sizes)));
        Parameters.Add((value, values, sizes));
        return value;
    }

    public Value Integers(string name, long[] values, long[]? sizes = null, Shape? declared = null)
    {
        sizes ??= [values.Length];
        Value value = Graph.Input(name, new TensorType(ElementType.Int64, declared ?? Shape.Of(sizes)));
        Given.Add((value, values, sizes));
        return value;
    }

    private static int Count(long[] sizes) => (int)sizes.Aggregate(1L, (n, s) => n * s);
}
