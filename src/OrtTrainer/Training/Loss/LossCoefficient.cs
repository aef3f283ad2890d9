using OrtTrainer.Graph;
using OrtTrainer.Runtime;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Training.Loss;

/// <summary>
/// A number of a loss. It is an input of the graph, so that another value, or one that changes while training goes on,
/// compiles nothing anew.
/// </summary>
/// <param name="name">The name of the graph's input; no other term of the same loss may have it.</param>
/// <param name="valueAt">The value at an optimizer step, counted from 0.</param>
internal sealed class LossCoefficient(string name, Func<long, float> valueAt) : LossInput
{
    private float _value;

    /// <param name="name">The name of the graph's input.</param>
    /// <param name="value">The value at every step.</param>
    public LossCoefficient(string name, double value)
        : this(name, _ => (float)value)
    {
    }

    /// <summary>The name of the graph's input.</summary>
    internal string Name => name;

    internal override string GraphInput => name;

    /// <summary>The value at an optimizer step, counted from 0.</summary>
    internal float At(long step) => valueAt(step);

    internal override void Fill(BatchRows rows) => _value = valueAt(rows.Step);

    internal override void Bind(Binding binding) => binding.SetInput(name, [_value], []);

    /// <summary>The coefficient in a graph, a float scalar.</summary>
    internal Value In(LossGraph g) => g.Coefficient(this);
}
