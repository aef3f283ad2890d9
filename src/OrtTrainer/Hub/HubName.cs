using System.Text.RegularExpressions;
using OrtTrainer.Common;

namespace OrtTrainer.Hub;

/// <summary>A model on a hub, as the user names it: <c>hf:owner/name@revision</c>.</summary>
/// <param name="Repository">Owner and name with a slash between; old models have a name alone.</param>
/// <param name="Revision">A branch, a tag or a commit; null for the main branch.</param>
internal sealed partial record HubName(string Repository, string? Revision)
{
    /// <summary>What a model's word begins with.</summary>
    public const string Prefix = "hf:";

    /// <summary>The branch without a revision.</summary>
    public const string MainBranch = "main";

    /// <summary>The name without its owner.</summary>
    public string ShortName => Repository[(Repository.IndexOf('/') + 1)..];

    /// <summary>The branch, tag or commit.</summary>
    public string EffectiveRevision => Revision ?? MainBranch;

    /// <summary>The commit that the revision is; null where it is a branch or a tag.</summary>
    public string? Commit => Revision is not null && IsCommit(Revision) ? Revision : null;

    /// <summary>Whether a word names a model on a hub, well or badly.</summary>
    public static bool IsWord(string? word) => word?.StartsWith(Prefix, StringComparison.Ordinal) ?? false;

    /// <summary>Whether a text is a full commit hash.</summary>
    public static bool IsCommit(string text) => CommitPattern().IsMatch(text);

    /// <exception cref="RunException">It is no such name.</exception>
    public static HubName Parse(string word)
    {
        int at = word.IndexOf('@');
        string repository = word[Prefix.Length..(at < 0 ? word.Length : at)];
        string? revision = at < 0 ? null : word[(at + 1)..];
        return RepositoryPattern().IsMatch(repository) && !repository.Contains("--") && !repository.Contains("..")
            && (revision is null || RevisionPattern().IsMatch(revision))
            ? new HubName(repository, revision)
            : throw new RunException(
                $"{word}: is no name of a model; expected hf:owner/name, or hf:owner/name@revision with a branch, a "
                + "tag or a commit, such as hf:sentence-transformers/all-MiniLM-L6-v2.");
    }

    /// <summary>The same model at one commit.</summary>
    public HubName At(string commit) => this with { Revision = commit };

    /// <inheritdoc/>
    public override string ToString() => Prefix + Repository + (Revision is null ? "" : "@" + Revision);

    // What the hub allows in names: https://huggingface.co/docs/huggingface_hub, validate_repo_id.
    [GeneratedRegex(@"\A(?:[\w-][\w.-]{0,95}/)?[\w-][\w.-]{0,95}\z", RegexOptions.ECMAScript)]
    private static partial Regex RepositoryPattern();

    // Parts without a leading dot, as git wants them, so that none leads out of a folder.
    [GeneratedRegex(@"\A[\w+-][\w.+-]*(?:/[\w+-][\w.+-]*)*\z", RegexOptions.ECMAScript)]
    private static partial Regex RevisionPattern();

    [GeneratedRegex(@"\A[0-9a-f]{40}\z")]
    private static partial Regex CommitPattern();
}
