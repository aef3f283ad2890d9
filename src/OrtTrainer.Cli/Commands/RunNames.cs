using OrtTrainer.Hub;

namespace OrtTrainer.Cli.Commands;

/// <summary>Names of output folders for runs that were given none.</summary>
internal static class RunNames
{
    private static readonly string Root = Path.Combine("artifacts", "runs");

    /// <summary>The first folder that does not exist yet: <c>artifacts/runs/NAME-1</c>, <c>-2</c> and so on.</summary>
    /// <param name="model">The model's folder, whose last part is the name.</param>
    /// <param name="root">Where runs go; null for artifacts/runs.</param>
    public static string Next(string model, string? root = null)
    {
        string name = HubModels.ShortNameOf(model);
        return Enumerable.Range(1, int.MaxValue)
            .Select(n => Path.Combine(root ?? Root, $"{name}-{n}"))
            .First(path => !Path.Exists(path));
    }
}
