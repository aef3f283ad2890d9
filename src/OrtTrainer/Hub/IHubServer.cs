using OrtTrainer.Common;

namespace OrtTrainer.Hub;

/// <summary>A hub as far as downloads need it. The programs bring it along: the engine itself opens no
/// connections.</summary>
internal interface IHubServer
{
    /// <summary>The files of a model at its revision.</summary>
    /// <exception cref="RunException">There is no such model or revision, or it may not be read.</exception>
    /// <exception cref="HubUnreachableException">Nobody answers, or not usefully, however often asked.</exception>
    HubListing List(HubName model, HubSettings settings, CancellationToken cancellation);

    /// <summary>Appends a file's content, from where a stream ends, and starts anew where the server cannot go
    /// on.</summary>
    /// <param name="model">The model at a commit.</param>
    /// <param name="file">The file.</param>
    /// <param name="target">What is there already; its length is where to go on.</param>
    /// <param name="settings">Server and token.</param>
    /// <param name="read">Told the length of the target as it grows.</param>
    /// <param name="cancellation">Stops between pieces; what is there stays.</param>
    /// <exception cref="RunException">The file may not be read.</exception>
    /// <exception cref="HubUnreachableException">The connection broke, however often tried.</exception>
    void Append(
        HubName model, HubFile file, Stream target, HubSettings settings, Action<long> read,
        CancellationToken cancellation);
}
