using OrtTrainer.Methods;
using OrtTrainer.Models;
using OrtTrainer.Options;
using OrtTrainer.Training;
using OrtTrainer.Training.Optimizers;

namespace OrtTrainer.Runs;

/// <summary>Where a run's gradients come from, as its options say: batches, mixout around them, SAM around
/// both.</summary>
internal static class RunGradients
{
    /// <param name="options">The step rule and mixout.</param>
    /// <param name="layout">Where its parameters lie.</param>
    /// <param name="state">The weights, as loaded.</param>
    /// <param name="batches">The gradients of batches; disposed with the result.</param>
    /// <param name="loop">The threads of passes over the weights.</param>
    public static IGradientSource Of(
        FineTuneOptions options, ParameterLayout layout, TrainingState state, IGradientSource batches, ChunkedLoop loop)
    {
        IGradientSource source = batches;
        if (options.Mixout is { } probability)
        {
            HashSet<string> mixed = [.. layout.Views.Where(IsMixed).Select(v => v.Name)];
            source = new MixedGradients(
                source,
                new WeightMix(state.Layout, state.Parameters.Span, probability, s => mixed.Contains(s.Name), loop),
                state.Parameters, options.Seed);
        }

        WeightAscent? ascent = options.Method.StepRule switch
        {
            StepRule.Sam => new WeightAscent(state.Layout, options.Sam.Rho, eta: null, loop),
            StepRule.Asam => new WeightAscent(state.Layout, options.Asam.Rho, options.Asam.Eta, loop),
            _ => null,
        };
        return ascent is null ? source : new SharpnessAwareGradients(source, ascent, state.Parameters);
    }

    /// <summary>As the authors do: matrices of linear layers, not biases, norms, embeddings or the new head.</summary>
    private static bool IsMixed(ParameterView view) =>
        view.Shape.Count == 2 && view.Parts.All(p => p.Place.LayerIndex is not null);
}
