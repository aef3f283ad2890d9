using OrtTrainer.Models;
using OrtTrainer.Runtime;

namespace OrtTrainer.Training.Batches;

/// <summary>What frozen layers gave for the texts of a batch, [T, width]; none where the graph runs all layers. The
/// array is kept and only grows.</summary>
internal sealed class StateBatch
{
    private float[] _values = [];
    private int _count;

    /// <summary>Takes the states of the examples at <paramref name="indices"/>.</summary>
    /// <param name="examples">The data set.</param>
    /// <param name="indices">Which of it.</param>
    /// <param name="copies">How often all of them follow one another.</param>
    public void Fill(IReadOnlyList<TokenizedExample> examples, ReadOnlySpan<int> indices, int copies = 1)
    {
        _count = 0;
        for (int i = 0; i < indices.Length * copies; i++)
        {
            if (examples[indices[i % indices.Length]].FrozenStates is not { } states)
            {
                return;
            }

            if (_values.Length < _count + states.Length)
            {
                Array.Resize(ref _values, Math.Max(_count + states.Length, 2 * _values.Length));
            }

            states.CopyTo(_values, _count);
            _count += states.Length;
        }
    }

    /// <summary>Gives them to a session whose graph begins with them.</summary>
    /// <param name="binding">The session's.</param>
    /// <param name="inputs">What the graph takes.</param>
    /// <param name="tokens">T.</param>
    public void Bind(Binding binding, IReadOnlySet<string> inputs, int tokens)
    {
        if (_count > 0 && inputs.Contains(PackedInputs.FrozenStates))
        {
            binding.SetInput(PackedInputs.FrozenStates, _values.AsSpan(0, _count), [tokens, _count / tokens]);
        }
    }
}
