using OrtTrainer.Models;
using OrtTrainer.Runtime;

namespace OrtTrainer.Training;

/// <summary>
/// The bindings of a session for each flat buffer of weights that it runs on: switching between live and averaged
/// weights copies nothing.
/// </summary>
/// <param name="session">The session; not disposed here.</param>
/// <param name="layout">Where the graph's parameters lie in a buffer.</param>
/// <param name="outputs">What a run gives.</param>
internal sealed class WeightBindings(GraphSession session, ParameterLayout layout, params IReadOnlyList<string> outputs)
    : IDisposable
{
    private readonly Dictionary<WeightBuffer, Binding> _bindings = [];

    /// <summary>Parameters that stay as they are, and where they lie.</summary>
    public IReadOnlyList<(ParameterView View, (WeightBuffer Weights, long Offset) Place)> Frozen { get; init; } = [];

    /// <summary>The binding for some weights, made when they are first seen.</summary>
    public Binding Of(WeightBuffer weights)
    {
        if (_bindings.TryGetValue(weights, out Binding? binding))
        {
            return binding;
        }

        binding = session.CreateBinding();
        foreach (ParameterView view in layout.Views)
        {
            binding.BindInput(view.Name, weights, layout.OffsetOf(view), [.. view.Shape]);
        }

        foreach ((ParameterView view, (WeightBuffer frozen, long offset)) in Frozen)
        {
            binding.BindInput(view.Name, frozen, offset, [.. view.Shape]);
        }

        foreach (string output in outputs)
        {
            binding.BindOutput(output);
        }

        _bindings[weights] = binding;
        return binding;
    }

    /// <summary>Lets go of weights that are about to be disposed.</summary>
    public void Forget(WeightBuffer weights)
    {
        if (_bindings.Remove(weights, out Binding? binding))
        {
            binding.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (Binding binding in _bindings.Values)
        {
            binding.Dispose();
        }
    }
}
