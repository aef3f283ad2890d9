namespace OrtTrainer.Studies;

/// <summary>
/// What stays of a run of a study once it is done; its checkpoint never does. A teacher's model always stays.
/// </summary>
internal enum StudyKeep
{
    /// <summary>The exported model and the weights, to predict with, to compare, to probe or to mix.</summary>
    Models,

    /// <summary>Options, log and summary only: kilobytes, where a model takes its size several times over.</summary>
    Results,
}
