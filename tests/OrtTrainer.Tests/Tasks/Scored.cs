using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Models;
using OrtTrainer.Prediction;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;
using OrtTrainer.Tests.Export;
using OrtTrainer.Text;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Tasks;

/// <summary>Outputs as tables, for tests that know them all.</summary>
internal static class Scored
{
    /// <summary>Scores outputs [N, K] that are known.</summary>
    public static EvaluationScores Of(ModelTask task, Dataset data, float[] outputs, Metric metric)
    {
        EvaluationAccumulator accumulator = task.Evaluate(Encoded(data));
        Give(outputs, data.Count, accumulator);
        return accumulator.Score(metric);
    }

    /// <summary>A data set whose tokens do not matter.</summary>
    public static EncodedDataset Encoded(Dataset data) => new(
        data, [.. data.Examples.Select(_ => new TokenizedExample([0], [0]))], data.Targets,
        MaxLength: 1);

    /// <summary>Gives outputs [N, K] to a sink as one batch.</summary>
    public static void Give(float[] outputs, int examples, IOutputSink sink)
    {
        int[] places = [.. Enumerable.Range(0, examples)];
        int[] ones = [.. places.Select(_ => 1)];
        sink.Add(new OutputBatch(outputs, examples == 0 ? 0 : outputs.Length / examples, places, places, ones));
    }

    /// <summary>All outputs of a packed graph with a row per sequence, [N, K].</summary>
    public static float[] Logits(
        this EvaluationSession session, WeightBuffer weights, IReadOnlyList<TokenizedExample> examples, int outputs,
        int tokensPerBatch = 4096, CancellationToken cancellation = default)
    {
        OutputTable table = new(examples.Count, outputs);
        session.Run(weights, examples, table, tokensPerBatch, cancellation);
        return table.Values;
    }

    /// <summary>All outputs of an exported model with a row per sequence, [N, K].</summary>
    public static float[] Logits(this InferenceModel model, IReadOnlyList<TokenizedExample> examples, int outputs)
    {
        OutputTable table = new(examples.Count, outputs);
        model.Run(examples, table);
        return table.Values;
    }

    /// <summary>What a model folder gives for texts, each by itself: [N, K].</summary>
    public static float[] Logits(string folder, IEnumerable<Example> examples)
    {
        OrtTrainer.Checkpoints.ModelConfig config = OrtTrainer.Checkpoints.ModelConfig.Load(folder);
        Tokenizer tokenizer = Tokenizer.Load(folder);
        ModelTask task = ModelTask.Of(config);
        using InferenceModel model = OnnxModelFolder.Open(folder, task, config, TinyClassifier.OneThread);
        return [.. examples.SelectMany(example =>
            model.Logits(task.Encode(example, tokenizer, maxLength: null), config.Id2Label.Count))];
    }
}
