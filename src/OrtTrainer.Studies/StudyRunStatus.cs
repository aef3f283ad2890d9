namespace OrtTrainer.Studies;

/// <summary>How far a run of a study is.</summary>
public enum StudyRunStatus
{
    /// <summary>Not begun, or begun and not yet at its end.</summary>
    Pending,

    /// <summary>Trained, scored and exported.</summary>
    Done,

    /// <summary>Ended with an error; the same study started again tries it anew.</summary>
    Failed,
}
