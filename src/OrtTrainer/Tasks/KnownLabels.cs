using OrtTrainer.Checkpoints;
using OrtTrainer.Data;

namespace OrtTrainer.Tasks;

/// <summary>Whether a run takes the labels of the model it begins from, or those of its data.</summary>
internal static class KnownLabels
{
    private const int MostShown = 20;

    /// <summary>
    /// The model's labels in its order where it knows all of the data's, by name or by id; else the data's own, of
    /// which those the model knows keep what it has learned of them.
    /// </summary>
    /// <param name="task">What is learned.</param>
    /// <param name="source">The training file, for what is said.</param>
    /// <param name="found">The labels of its rows.</param>
    /// <param name="model">The names of the model's outputs.</param>
    /// <param name="note">Told where the two differ.</param>
    public static LabelMap Choose(
        ModelTask task, string source, LabelMap found, IReadOnlyList<string> model, Action<string>? note)
    {
        LabelMap known = task.LabelsOf(model)!;
        if (found.Names.All(label => known.IdOf(label) >= 0))
        {
            SayIds(source, found, known, note);
            SayMissing(source, found, known, note);
            return known;
        }

        string[] shared = [.. found.Names.Intersect(model)];
        string[] added = [.. found.Names.Except(model)];
        string[] dropped = [.. model.Except(found.Names)];
        note?.Invoke(shared.Length == 0
            ? $"The model's labels are {Listed(model)}; none of them is in {source}, so the last layer starts at " +
                "random."
            : $"Labels of the model that keep their rows of the last layer: {Listed(shared)}. New in {source} and " +
                $"started at random: {Listed(added)}. Left out: {(dropped.Length > 0 ? Listed(dropped) : "none")}.");
        return found;
    }

    /// <summary>Says in which order labels are taken for the outputs of a model that has no names for them.</summary>
    public static void SayUnnamed(LabelMap labels, Action<string> note)
    {
        bool areNumbers = labels.Names.Select((name, id) => name == $"{id}").All(same => same);
        if (!areNumbers && !ModelConfig.AreDefaults(labels.Names))
        {
            note($"The model has {labels.Count} outputs without names; they are taken for the labels in this order: " +
                $"{Listed(labels.Names)}. If the model was trained with another, write its names into id2label of " +
                "config.json.");
        }
    }

    private static void SayIds(string source, LabelMap found, LabelMap known, Action<string>? note)
    {
        string[] ids = [.. found.Names.Except(known.Names).Select(id => $"{id} = {known.Names[known.IdOf(id)]}")];
        if (ids.Length > 0)
        {
            note?.Invoke($"The labels of {source} are taken for the ids of the model's: {Listed(ids)}.");
        }
    }

    private static void SayMissing(string source, LabelMap found, LabelMap known, Action<string>? note)
    {
        HashSet<int> present = [.. found.Names.Select(known.IdOf)];
        string[] missing = [.. known.Names.Where((_, id) => !present.Contains(id))];
        if (missing.Length > 0)
        {
            note?.Invoke(
                $"The model's {known.Count} labels are kept; no row of {source} has {Listed(missing)}.");
        }
    }

    private static string Listed(IReadOnlyCollection<string> labels) =>
        string.Join(", ", labels.Take(MostShown)) +
        (labels.Count > MostShown ? $" and {labels.Count - MostShown} more" : "");
}
