using OrtTrainer.Models;
using OrtTrainer.Training;

namespace OrtTrainer.Methods;

/// <summary>
/// Mixout (Lee et al. 2020), which stands beside any method: every step sees some elements of the encoder's matrices at
/// their pre-trained values.
/// </summary>
/// <param name="Probability">The chance of an element, in [0, 1).</param>
internal sealed record Mixout(double Probability) : RunPart
{
    // The pre-trained weights, and those before they are mixed.
    internal override int Buffers => 2;

    internal override string StepText => FormattableString.Invariant($"mixout {Probability} in encoder matrices");

    internal override void Require(RunTraits run)
    {
        if (run.FromScratch)
        {
            throw new ArgumentException($"{nameof(Mixout)} mixes weights with their pre-trained values; with " +
                $"{nameof(run.FromScratch)} there are none. Leave one of the two out.");
        }
    }

    internal override IGradientSource Wrap(IGradientSource gradients, GradientContext run)
    {
        HashSet<string> mixed = [.. run.Layout.Views.Where(IsMixed).Select(v => v.Name)];
        TrainingState state = run.State;
        return new MixedGradients(
            gradients,
            run.Updates.CreateMix(state.Layout, state.Parameters, Probability, s => mixed.Contains(s.Name)),
            state, run.Seed);
    }

    /// <summary>As the authors do: matrices of linear layers, not biases, norms, embeddings or the new head.</summary>
    private static bool IsMixed(ParameterView view) =>
        view.Shape.Count == 2 && view.Parts.All(p => p.Place.LayerIndex is not null);
}
