namespace OrtTrainer.Studies.Reports.Tables;

/// <summary>What a table of a study is about: one task of one model with one initialization.</summary>
internal sealed record StudyGroup(string Model, string Initialization, string Task)
{
    /// <summary>The name in headings; the model is named where the study has several.</summary>
    public string Name(bool withModel) =>
        withModel ? $"{Task}, {Initialization}, {Model}" : $"{Task}, {Initialization}";
}
