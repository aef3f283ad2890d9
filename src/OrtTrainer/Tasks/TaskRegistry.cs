using OrtTrainer.Tasks.CausalLanguageModel;
using OrtTrainer.Tasks.Classification;
using OrtTrainer.Tasks.ImageClassification;
using OrtTrainer.Tasks.MaskedLanguageModel;
using OrtTrainer.Tasks.MultiLabel;
using OrtTrainer.Tasks.QuestionAnswering;
using OrtTrainer.Tasks.Regression;
using OrtTrainer.Tasks.SentenceSimilarity;
using OrtTrainer.Tasks.Seq2Seq;
using OrtTrainer.Tasks.TokenClassification;

namespace OrtTrainer.Tasks;

/// <summary>The tasks there are: a new one is a folder beside this file and a line here.</summary>
internal static class TaskRegistry
{
    public static IReadOnlyList<ModelTask> Tasks { get; } =
    [
        ClassificationTask.Instance,
        MultiLabelTask.Instance,
        RegressionTask.Instance,
        TokenClassificationTask.Instance,
        QuestionAnsweringTask.Instance,
        SentenceSimilarityTask.Instance,
        MaskedLanguageModelTask.Instance,
        CausalLanguageModelTask.Instance,
        Seq2SeqTask.Instance,
        ImageClassificationTask.Instance,
    ];
}
