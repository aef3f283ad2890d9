namespace OrtTrainer.Hub;

/// <summary>Whoever is told of downloads.</summary>
internal interface IHubWatch
{
    /// <summary>More of a model is there.</summary>
    void Report(HubProgress progress);

    /// <summary>Something to know that is no error.</summary>
    void Note(string message);
}
