using System.Text.Json;
using OrtTrainer.Checkpoints;
using OrtTrainer.Models;
using OrtTrainer.Prediction;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks.SentenceSimilarity;
using OrtTrainer.Text;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Models;

/// <summary>A real model from text to sentence embedding: tokenizer, encoder, mean over the tokens, length 1.</summary>
public sealed class SentenceEmbeddingGoldenTests
{
    private const string Name = "all-MiniLM-L6-v2";

    [TestCase(true)]
    [TestCase(false)]
    public void Embeddings_of_the_real_model_are_those_of_the_reference(bool kernels)
    {
        JsonElement golden = JsonDocument.Parse(File.ReadAllText(SharedFiles.Golden(Name + ".json"))).RootElement;
        string[] texts = [.. golden.GetProperty("texts").EnumerateArray().Select(t => t.GetString()!)];
        TokenizedExample[] examples = Tokenize(texts, golden.GetProperty("max_length").GetInt32());

        float[][] embeddings = Embed(examples, kernels);

        float[] expected = Expected();
        Assert.That(embeddings.SelectMany(e => e), Is.EqualTo(expected).Within(1e-5));
    }

    [Test]
    public void The_folder_opens_as_a_model_of_vectors_that_are_the_same()
    {
        JsonElement golden = JsonDocument.Parse(File.ReadAllText(SharedFiles.Golden(Name + ".json"))).RootElement;
        string[] texts = [.. golden.GetProperty("texts").EnumerateArray().Select(t => t.GetString()!)];
        using Predictor predictor = Predictor.Open(
            SharedFiles.SharedPath("models", Name),
            new PredictorOptions { MaxLength = golden.GetProperty("max_length").GetInt32() });

        IEnumerable<float> vectors = predictor.Predict(texts).SelectMany(text => ((EmbeddingPrediction)text).Embedding);

        Assert.That(vectors, Is.EqualTo(Expected()).Within(1e-5));
    }

    private static TokenizedExample[] Tokenize(string[] texts, int maxLength)
    {
        Tokenizer tokenizer = Tokenizer.Load(SharedFiles.SharedPath("models", Name));
        EncodeOptions options = new() { MaxLength = maxLength };
        return
        [
            .. texts.Select(text =>
            {
                Encoding encoding = tokenizer.Encode(text, null, options);
                return new TokenizedExample([.. encoding.Ids], [.. encoding.TypeIds]);
            }),
        ];
    }

    private static float[][] Embed(TokenizedExample[] examples, bool kernels)
    {
        using PretrainedModel model = PretrainedModel.Open(SharedFiles.SharedPath("models", Name));
        PackedGraph graph = PackedGraph.Encoder(model.Architecture);
        using WeightBuffer parameters = new(Device.Default, graph.Layout.Length);
        Assert.That(model.Load(graph.Layout, parameters, seed: 0), Is.Empty);
        using GraphSession session = GraphSession.FromBytes(
            graph.Model, new ExecutionOptions { UseKernels = kernels, IntraOpThreads = 2 }, "encoder");
        using Binding binding = session.CreateBinding();
        foreach (ParameterView view in graph.Layout.Views)
        {
            binding.BindInput(view.Name, parameters, graph.Layout.OffsetOf(view), [.. view.Shape]);
        }

        binding.BindOutput(PackedInputs.LastHiddenState);
        PackedBatch batch = new();
        batch.Fill(examples, [.. Enumerable.Range(0, examples.Length)]);
        batch.Bind(binding, graph.Inputs);
        binding.Run();
        float[] hidden = binding.Output(PackedInputs.LastHiddenState).ToArray();
        long[] offsets = batch.Offsets.ToArray();
        return [.. examples.Select(
            (_, b) => MeanOfLengthOne(hidden, (int)offsets[b], (int)offsets[b + 1], batch.Tokens))];
    }

    private static float[] MeanOfLengthOne(float[] hidden, int first, int end, int tokens)
    {
        int width = hidden.Length / tokens;
        double[] mean = [.. Enumerable.Range(0, width).Select(i =>
            Enumerable.Range(first, end - first).Average(t => (double)hidden[(t * width) + i]))];
        double length = Math.Sqrt(mean.Sum(v => v * v));
        return [.. mean.Select(v => (float)(v / length))];
    }

    private static float[] Expected()
    {
        using SafetensorsFile file = SafetensorsFile.OpenFile(SharedFiles.Golden(Name + ".safetensors"));
        Assert.That(file.TryGet("sentence_embedding", out TensorInfo info), "sentence_embedding");
        float[] values = new float[info.ElementCount];
        file.ReadFloats("sentence_embedding", values);
        return values;
    }
}
