namespace OrtTrainer.Data.Sources;

/// <summary>
/// The files that one word names: a path, a pattern such as part-*.jsonl, a data set's folder, with a split or a
/// configuration behind a colon, or several of these with " + " between.
/// </summary>
internal static class DataFiles
{
    /// <summary>Stands between several names.</summary>
    public const string Between = " + ";

    /// <summary>What splits are called that are trained on, chosen by and reported on, the likeliest first.</summary>
    private static readonly string[][] Roles =
        [["train", "training"], ["validation", "valid", "dev", "val", "eval"], ["test", "testing"]];

    /// <summary>One word for several names.</summary>
    public static string Join(IEnumerable<string> names) => string.Join(Between, names);

    /// <summary>The names in a word; one where a file has the whole for its name.</summary>
    public static string[] Names(string word) => Path.Exists(word) ? [word] : word.Split(Between);

    /// <summary>The word with full paths.</summary>
    public static string FullPaths(string word) => Join(Names(word).Select(Path.GetFullPath));

    /// <summary>The word with full paths, from a folder on.</summary>
    public static string FullPaths(string word, string folder) =>
        Join(word.Split(Between).Select(name => Path.GetFullPath(name, folder)));

    /// <summary>What must be there for a word with full paths: its files and folders without patterns and
    /// splits.</summary>
    public static IEnumerable<string> Places(string word) => Names(word)
        .Where(name => !FilePattern.Is(name) || File.Exists(name))
        .Select(name => Parsed(name)?.Folder ?? name);

    /// <summary>The files that a word names, in its order, and those of a pattern in the order of their
    /// paths.</summary>
    /// <exception cref="DataFileException">A pattern matches nothing, a folder has no data or several splits, or a
    /// file comes twice.</exception>
    public static IReadOnlyList<DataFile> Of(string word)
    {
        DataFile[] files = [.. Names(word).SelectMany(Named)];
        return files.GroupBy(file => Path.GetFullPath(file.Path)).FirstOrDefault(same => same.Count() > 1) is { } twice
            ? throw new DataFileException(twice.First().Path, null, $"this file comes twice in {word}. Name it once.")
            : files;
    }

    /// <summary>The names of a column's labels, as the data set knows them; null where it does not.</summary>
    public static IReadOnlyList<string>? LabelsOf(string word, string? column)
    {
        if (Of(word) is not [{ } first, ..] || !File.Exists(first.Path))
        {
            return null;
        }

        DatasetFeatures features = first.Features.Columns.Count > 0 ? first.Features : ContentOpening.FeaturesOf(first);
        return column is not null && features.NamesOf(column) is { } names ? names
            : features.Columns.Count == 1 ? features.NamesOf(features.Columns.First())
            : null;
    }

    /// <summary>The word with the split to train on behind a folder that has several.</summary>
    public static string Train(string word) => WithSplits(word, Roles[0]);

    /// <summary>The word with the split to choose by behind a folder that has several.</summary>
    public static string Eval(string word) => WithSplits(word, Roles[1]);

    /// <summary>The word with the split to report on behind a folder that has several.</summary>
    public static string Test(string word) => WithSplits(word, Roles[2]);

    /// <summary>The split to choose by of the data set that is trained on; null where it has none.</summary>
    public static string? OwnEval(string train) => Names(Train(train)) is [{ } name] && Parsed(name) is { } place
        && place.Split is { } split && Roles[0].Contains(split)
        && Found(DatasetFolder.Open(place.Folder, place.Configuration), Roles[1]) is { } own
            ? place.With(own)
            : null;

    private static string WithSplits(string word, string[] role) => Join(Names(word).Select(name =>
        Parsed(name) is { Split: null } place
        && DatasetFolder.Open(place.Folder, place.Configuration) is { Splits.Count: > 1 } folder
        && Found(folder, role) is { } split
            ? place.With(split)
            : name));

    private static string? Found(DatasetFolder folder, string[] role) => Array.Find(role, folder.Splits.Contains);

    private static IEnumerable<DataFile> Named(string name)
    {
        if (Parsed(name) is { } place)
        {
            DatasetFolder folder = DatasetFolder.Open(place.Folder, place.Configuration);
            string split = place.Split ?? Only(folder);
            return folder.FilesOf(split) ?? throw new DataFileException(
                place.Folder, null,
                $"the data set has no split '{split}'. Splits: {string.Join(", ", folder.Splits)}.");
        }

        if (!FilePattern.Is(name) || File.Exists(name))
        {
            return [new DataFile(name, DatasetFeatures.None)];
        }

        string[] files = FilePattern.Files(name);
        return files.Length > 0
            ? files.Select(file => new DataFile(file, DatasetFeatures.None))
            : throw new DataFileException(
                name, null, "no file matches this pattern; expected at least one. * and ? stand for characters of a "
                + "name, ** for folders.");
    }

    private static string Only(DatasetFolder folder) => folder.Splits.Count == 1
        ? folder.Splits.First()
        : throw new DataFileException(
            folder.Path, null, $"the data set has the splits {string.Join(", ", folder.Splits)}; name one, such as "
            + $"{folder.Path}:{folder.Splits.Last()}.");

    // FOLDER, FOLDER:SPLIT, FOLDER:CONFIGURATION or FOLDER:CONFIGURATION/SPLIT.
    private static Place? Parsed(string name)
    {
        if (Directory.Exists(name))
        {
            return new Place(Path.TrimEndingDirectorySeparator(name), null, null);
        }

        int colon = name.LastIndexOf(':');
        if (colon <= 1 || !Directory.Exists(name[..colon]))
        {
            return null;
        }

        string folder = Path.TrimEndingDirectorySeparator(name[..colon]);
        return name[(colon + 1)..].Split('/') is [{ } configuration, { } split]
            ? new Place(folder, configuration, split)
            : Place.Of(folder, name[(colon + 1)..]);
    }

    private sealed record Place(string Folder, string? Configuration, string? Split)
    {
        public static Place Of(string folder, string word)
        {
            // A split of the only configuration, or a configuration.
            try
            {
                if (DatasetFolder.Open(folder).FilesOf(word) is not null)
                {
                    return new Place(folder, null, word);
                }
            }
            catch (DataFileException) when (DatasetFolder.HasConfiguration(folder, word))
            {
                return new Place(folder, word, null);
            }

            return DatasetFolder.HasConfiguration(folder, word)
                ? new Place(folder, word, null)
                : new Place(folder, null, word);
        }

        public string With(string split) =>
            $"{Folder}:{(Configuration is null ? "" : $"{Configuration}/")}{split}";
    }
}
