using OrtTrainer.Methods;
using OrtTrainer.Models;
using OrtTrainer.Options;
using OrtTrainer.Training;

namespace OrtTrainer.Runs;

/// <summary>What the parts of a run make of its gradients and rates.</summary>
internal static class RunParts
{
    /// <summary>The gradients of a run: those of the batches, and round them what its parts make of them.</summary>
    /// <param name="options">The parts; the later ones lie nearer to the batches.</param>
    /// <param name="batches">The gradients of batches; disposed with the result.</param>
    /// <param name="run">The weights, as loaded.</param>
    public static IGradientSource Wrap(FineTuneOptions options, IGradientSource batches, GradientContext run) =>
        options.Parts.Reverse().Aggregate(batches, (gradients, part) => part.Wrap(gradients, run));

    /// <summary>What the rate of each parameter is multiplied with; null for one rate.</summary>
    public static Func<ParameterView, double>? RateFactors(FineTuneOptions options, PretrainedModel model) =>
        options.Parts.Select(part => part.RateFactors(model)).FirstOrDefault(factors => factors is not null);
}
