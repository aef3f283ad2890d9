using OrtTrainer.Common;
using OrtTrainer.Models;

namespace OrtTrainer.Studies.Soups;

/// <summary>Which runs go together: a mean of weights means something only near one common start.</summary>
internal static class SoupRules
{
    /// <exception cref="RunException">Two runs do not fit; the message names them and what differs.</exception>
    public static void Require(IReadOnlyList<SoupIngredient> ingredients)
    {
        if (ingredients.FirstOrDefault(i => i.Options.FromScratch) is { } random)
        {
            throw new RunException($"{random.Folder}: the run began with random weights (from_scratch); a soup needs " +
                "runs from one pre-trained model.");
        }

        SoupIngredient first = ingredients[0];
        foreach (SoupIngredient other in ingredients.Skip(1))
        {
            RequireSame(first, other, "the pre-trained model", i => i.Options.Model);
            RequireSame(first, other, "the architecture", i => i.Config.ModelType);
            RequireSame(first, other, "the layers kept", i =>
                i.Options.Layers is { } layers ? string.Join(",", layers) : "all");
            RequireSame(first, other, "the task", i => i.Options.Data.Task.ToString());
            RequireSame(first, other, "the labels", i => string.Join(", ", i.Config.Id2Label));
            RequireSameLayout(first, other);
        }
    }

    /// <summary>What a person should know about runs that do fit.</summary>
    public static IEnumerable<string> Notes(IReadOnlyList<SoupIngredient> ingredients)
    {
        if (ingredients.Select(i => i.Options.Seed).Distinct().Count() > 1)
        {
            yield return "the runs have different seeds, so that weights the pre-trained model lacks, such as a new " +
                "head, began apart; soups do best with one start for all";
        }

        if (ingredients.Select(i => i.Options.Data.Eval).Distinct().Count() > 1)
        {
            yield return $"the runs have different evaluation data; all are scored on those of {ingredients[0].Folder}";
        }
    }

    private static void RequireSame(
        SoupIngredient first, SoupIngredient other, string what, Func<SoupIngredient, string> of)
    {
        if (of(first) != of(other))
        {
            throw new RunException($"{what} of the runs differs: {of(first)} in {first.Folder}, {of(other)} in " +
                $"{other.Folder}. Leave one of them out.");
        }
    }

    private static void RequireSameLayout(SoupIngredient first, SoupIngredient other)
    {
        Dictionary<string, string> shapes = other.Layout.Parameters.ToDictionary(p => p.Name, ShapeOf);
        foreach (ParameterSpec parameter in first.Layout.Parameters)
        {
            string? shape = shapes.GetValueOrDefault(parameter.Name);
            if (shape != ShapeOf(parameter))
            {
                throw new RunException($"the parameter {parameter.Name} differs: {ShapeOf(parameter)} in " +
                    $"{first.Folder}, {shape ?? "absent"} in {other.Folder}. Leave one of them out.");
            }
        }
    }

    private static string ShapeOf(ParameterSpec parameter) => $"[{string.Join(", ", parameter.Shape)}]";
}
