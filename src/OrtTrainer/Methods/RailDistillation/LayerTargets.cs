namespace OrtTrainer.Methods;

/// <summary>What a teacher's layers make of every example, and which of them count at a step.</summary>
internal sealed class LayerTargets
{
    private readonly float[] _states;
    private readonly int _layers;

    /// <param name="states">Mean states, [N, layers, width].</param>
    /// <param name="layers">The teacher's layers.</param>
    /// <param name="width">Values per state.</param>
    /// <param name="draw">Which layers count when.</param>
    /// <exception cref="ArgumentException">The states do not divide into examples.</exception>
    public LayerTargets(float[] states, int layers, int width, LayerDraw draw)
    {
        if (states.Length % (layers * width) != 0)
        {
            throw new ArgumentException($"There are {states.Length} values; expected a multiple of {layers} layers " +
                $"of {width}.", nameof(states));
        }

        _states = states;
        _layers = layers;
        Width = width;
        Draw = draw;
    }

    /// <summary>Values per state.</summary>
    public int Width { get; }

    /// <summary>Which layers count when.</summary>
    public LayerDraw Draw { get; }

    /// <summary>The mean state of an example in a layer, counted from 0, [width].</summary>
    public ReadOnlySpan<float> State(int example, int layer) =>
        _states.AsSpan(((example * _layers) + layer) * Width, Width);
}
