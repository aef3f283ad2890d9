using System.Collections.Concurrent;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;

namespace OrtTrainer.Hub;

/// <summary>
/// Where a model's word becomes a folder: <c>hf:owner/name@revision</c> the model's in the cache, downloaded first
/// where it is not there; the name of a model that the program brings along its folder; every other word the folder
/// that it names.
/// </summary>
internal static class HubModels
{
    private static readonly AsyncLocal<Watching?> Current = new();
    private static readonly ConcurrentDictionary<(string, string, HubContent), (string Folder, string Word)> Known = [];

    /// <summary>What connects to hubs; null where the program has nothing to.</summary>
    public static IHubServer? Server { get; set; }

    /// <summary>Has downloads of this call and what it starts told and stopped, until disposed.</summary>
    /// <param name="watch">Told how far they are; null for nobody.</param>
    /// <param name="cancellation">Stops them.</param>
    public static IDisposable Watch(IHubWatch? watch, CancellationToken cancellation) =>
        new Watching(watch, cancellation);

    /// <summary>Whether a word stands for a model by another name than the path of its folder.</summary>
    public static bool IsWord(string? word) =>
        HubName.IsWord(word) || (word is not null && ModelFolder.FindBundled(word) is not null);

    /// <summary>The folder of a model.</summary>
    /// <exception cref="RunException">It cannot be downloaded, and is not in the cache.</exception>
    public static string FolderOf(string word, HubContent content = HubContent.Weights) =>
        HubName.IsWord(word) ? Find(word, content).Folder : ModelFolder.FindBundled(word) ?? word;

    /// <summary>
    /// A word that stands for the same files for ever: a model on a hub at its commit, the name of one that the program
    /// brings along, and of a folder its full path.
    /// </summary>
    /// <exception cref="RunException">It cannot be downloaded, and is not in the cache.</exception>
    public static string Pinned(string word, HubContent content = HubContent.Weights) =>
        HubName.IsWord(word) ? Find(word, content).Word : IsWord(word) ? word : Path.GetFullPath(word);

    /// <summary>What people call a model: of one from a hub its word at the commit, else its folder's name.</summary>
    public static string NameOf(string word) =>
        HubName.IsWord(word) ? word
        : HubCache.ModelOf(word)?.ToString() ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(word));

    /// <summary>What other tools open the same model by: on a hub owner and name alone, else the path.</summary>
    public static string PublicNameOf(string word) => HubName.IsWord(word) ? HubName.Parse(word).Repository : word;

    /// <summary>A name for folders that come of a model.</summary>
    public static string ShortNameOf(string word) =>
        HubName.IsWord(word) ? HubName.Parse(word).ShortName
        : HubCache.ModelOf(word)?.ShortName
            ?? Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(word)));

    private static (string Folder, string Word) Find(string word, HubContent content)
    {
        HubSettings settings = HubSettings.OfProcess();
        (string, string, HubContent) key = (settings.Cache, word, content);
        if (!Known.TryGetValue(key, out (string Folder, string Word) found) || !Directory.Exists(found.Folder))
        {
            Known[key] = found = Find(HubName.Parse(word), content, settings);
        }

        return found;
    }

    private static (string Folder, string Word) Find(HubName model, HubContent content, HubSettings settings)
    {
        (string, string)? kept = Kept(model, content, settings);
        if (kept is { } there && (model.Commit is not null || settings.IsOffline))
        {
            return there;
        }

        if (settings.IsOffline)
        {
            throw new RunException($"{model}: is not in {settings.Cache}, or not all that is needed of it, and "
                + "HF_HUB_OFFLINE forbids a download. Fetch it with orttrainer download where there is a network, or "
                + "unset HF_HUB_OFFLINE.");
        }

        if (Server is not { } server)
        {
            return kept ?? throw new RunException($"{model}: is not in {settings.Cache}, and this program makes no "
                + $"connections. Fetch it first: orttrainer download {model}.");
        }

        Watching? watching = Current.Value;
        try
        {
            HubDownload download = new(server, settings, watching?.View, watching?.Cancellation ?? default);
            (string folder, HubName pinned) = download.Run(model, content);
            return (folder, pinned.ToString());
        }
        catch (HubUnreachableException unreachable) when (kept is not null)
        {
            watching?.View?.Note($"{unreachable.Message} What is in the cache is used: {kept.Value.Item2}.");
            return kept.Value;
        }
    }

    private static (string Folder, string Word)? Kept(HubName model, HubContent content, HubSettings settings)
    {
        HubCache cache = new(settings.Cache, model);
        return cache.Find(model.EffectiveRevision) is { } commit
            && HubSnapshot.Serves(cache.Snapshot(commit), content)
            ? (cache.Snapshot(commit), model.At(commit).ToString())
            : null;
    }

    private sealed class Watching : IDisposable
    {
        private readonly Watching? _before = Current.Value;

        public Watching(IHubWatch? view, CancellationToken cancellation)
        {
            (View, Cancellation) = (view, cancellation);
            Current.Value = this;
        }

        public IHubWatch? View { get; }

        public CancellationToken Cancellation { get; }

        public void Dispose() => Current.Value = _before;
    }
}
