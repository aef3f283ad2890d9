using OrtTrainer.Checkpoints;
using OrtTrainer.Data;
using OrtTrainer.Export;
using OrtTrainer.Models;
using OrtTrainer.Prediction;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.MaskedLanguageModel;
using OrtTrainer.Tasks.QuestionAnswering;
using OrtTrainer.Tasks.Regression;
using OrtTrainer.Tasks.TokenClassification;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Text;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Export.Edge;

/// <summary>A family's random weights with a task's head, exported, and what the export answers here.</summary>
internal sealed class EdgeExport : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Predictor _predictor;
    private readonly InferenceModel _model;

    public EdgeExport(string family, string task)
    {
        (Family, Task) = (family, ModelTask.Named(task));
        using TemporaryFolder source = new();
        EdgeFamily.Write(family, source);
        using PretrainedModel random = PretrainedModel.Open(source.Path, fromScratch: true);
        string[] labels = LabelsOf(random.Architecture);
        ParameterLayout layout = PackedGraph.Evaluation(random.Architecture, Task.Head(labels.Length)).Layout;
        using WeightBuffer weights = new(Device.Default, layout.Length);
        random.Load(layout, weights, seed: 5);
        ModelExporter.Export(Folder, new FineTunedModel
        {
            Config = random.Config,
            Task = Task,
            Labels = labels,
            Layout = layout,
            Parameters = weights,
            TokenizerFolder = source.Path,
        }, TinyClassifier.Provenance);
        Tokenizer = Tokenizer.Load(Folder);
        _predictor = Predictor.Open(Folder);
        _model = OnnxModelFolder.Open(Folder, Task, ModelConfig.Load(Folder), TinyClassifier.OneThread);
    }

    public string Family { get; }

    public ModelTask Task { get; }

    public string Folder => _folder.Path;

    public Tokenizer Tokenizer { get; }

    public IReadOnlyList<string> Labels => _predictor.Labels;

    /// <summary>What <c>predict</c> says.</summary>
    public TextPrediction Predict(Example example) => _predictor.Predict([example])[0];

    /// <summary>The outputs for an example, [rows, K].</summary>
    public float[] Outputs(Example example)
    {
        OutputRowsSink sink = new();
        _model.Run([Input(example)], sink);
        return sink.Values;
    }

    /// <summary>An example as tokens; it fits into one window.</summary>
    public TokenizedExample Input(Example example) =>
        Task.Encode(example, Tokenizer, maxLength: null)[0];

    public void Dispose()
    {
        _model.Dispose();
        _predictor.Dispose();
        _folder.Dispose();
    }

    private string[] LabelsOf(Architecture architecture) =>
        Task == RegressionTask.Instance ? ["LABEL_0"]
        : Task == TokenClassificationTask.Instance ? ["B-PER", "I-PER", "B-LOC", "I-LOC"]
        : Task == QuestionAnsweringTask.Instance ? ["LABEL_0", "LABEL_1"]
        : Task == MaskedLanguageModelTask.Instance ? [.. Task.OutputNames(architecture.Shape.Vocabulary)]
        : ["ENTY", "HUM", "NUM"];

    private sealed class OutputRowsSink : IOutputSink
    {
        public float[] Values { get; private set; } = [];

        public void Add(OutputBatch batch) => Values = batch[0].ToArray();
    }
}
