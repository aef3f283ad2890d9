using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Graph;
using OrtTrainer.Models.Building;
using OrtTrainer.Models.Imported;

namespace OrtTrainer.Models;

/// <summary>
/// The encoder that a configuration describes. A new family is a class in Models/Backbones and one line in the list
/// below.
/// </summary>
/// <param name="config">The configuration it is read from.</param>
internal abstract class Architecture(ModelConfig config)
{
    private const string PaddingIdField = "pad_token_id";

    private static readonly (string ModelType, Func<ModelConfig, Architecture> Read)[] Families =
    [
        ("albert", config => new Backbones.Albert(config)),
        ("bart", config => new Backbones.Bart(config)),
        ("bert", config => new Backbones.Bert(config)),
        ("deberta-v2", config => new Backbones.DebertaV2(config)),
        ("distilbert", config => new Backbones.DistilBert(config)),
        ("electra", config => new Backbones.Electra(config)),
        ("ernie", config => new Backbones.Ernie(config)),
        ("gpt2", config => new Backbones.Gpt2(config)),
        ("gpt_neo", config => new Backbones.GptNeo(config)),
        ("llama", config => new Backbones.Llama(config)),
        ("modernbert", config => new Backbones.ModernBert(config)),
        ("mpnet", config => new Backbones.MPNet(config)),
        ("qwen2", config => new Backbones.Qwen2(config)),
        ("roberta", config => new Backbones.Roberta(config)),
        ("t5", config => new Backbones.T5(config)),
        ("camembert", config => new Backbones.Roberta(config, "Camembert")),
        ("xlm-roberta", config => new Backbones.Roberta(config, "XLMRoberta")),
        ("resnet", config => new Backbones.ResNet(config)),
        ("vit", config => new Backbones.Vit(config)),
        ("data2vec-text", config => new Backbones.Roberta(config, "Data2VecText", "data2vec_text.")),
    ];

    public ModelConfig Config { get; } = config;

    /// <summary>The family: <c>model_type</c> of config.json.</summary>
    public string ModelType => Config.ModelType;

    public abstract ModelShape Shape { get; }

    /// <summary>What precedes the head's suffix in the class that Hugging Face loads, such as <c>Bert</c>.</summary>
    public abstract string ClassPrefix { get; }

    /// <summary>What precedes the encoder's tensors in a checkpoint with a head, such as <c>bert.</c>.</summary>
    public abstract string BasePrefix { get; }

    /// <summary>The standard deviation of weights that start at random, from 0 to 1.</summary>
    /// <exception cref="CheckpointException">The configuration has another.</exception>
    public virtual double WeightDeviation => Config.Deviation("initializer_range");

    /// <summary>The probability of dropout before a head that works on every token.</summary>
    public abstract float TokenDropout { get; }

    /// <summary>Whether all layers are one, which runs as often as there are layers.</summary>
    public virtual bool SharesLayers => false;

    /// <summary>Whether tokens attend to one another.</summary>
    public virtual bool HasAttention => true;

    /// <summary>The probability of dropout before a head that finds a span of tokens.</summary>
    public virtual float SpanDropout => 0;

    /// <summary>Whether <see cref="SequenceHead"/> reads first tokens alone.</summary>
    public virtual bool PoolsFirstToken => true;

    /// <summary>What a checkpoint calls the last layer of such a head.</summary>
    public virtual string SpanLayer => "qa_outputs";

    /// <summary>The width of the word embeddings.</summary>
    protected virtual int EmbeddingWidth => Shape.Width;

    /// <summary>The field of config.json that counts the layers.</summary>
    protected abstract string LayersField { get; }

    /// <summary>The fields of config.json that hold probabilities of dropout.</summary>
    protected abstract IReadOnlyList<string> DropoutFields { get; }

    /// <summary>The architecture of a configuration.</summary>
    /// <exception cref="RunException">The family is not known here, or the configuration asks for something in it
    /// that is not built.</exception>
    /// <exception cref="CheckpointException">A field is missing or out of range.</exception>
    public static Architecture For(ModelConfig config)
    {
        Architecture found = Find(config)
            ?? throw new RunException($"{config.Path}: model_type is '{config.ModelType}', which is not supported; " +
                $"supported are {string.Join(", ", Families.Select(f => f.ModelType))}.");
        found.RequireSupported();
        _ = PaddingIdOf(config);
        _ = found.WeightDeviation;
        return found;
    }

    /// <summary>The most tokens a model takes, of whatever family; null where its configuration does not say.</summary>
    public static int? PositionsOf(ModelConfig config) => Find(config)?.Shape.Positions
        ?? (config.Has("max_position_embeddings") ? config.Size("max_position_embeddings", SizeRange.Positions) : null);

    /// <summary>Whether a model of a known family takes images; others take texts.</summary>
    public static bool TakesImages(ModelConfig config) => Find(config)?.Shape.Image is not null;

    /// <summary>How many token ids a model knows, of whatever family; null where its configuration does not
    /// say.</summary>
    public static int? VocabularyOf(ModelConfig config) => Find(config)?.Shape.Vocabulary
        ?? (config.Has("vocab_size") ? config.Size("vocab_size", SizeRange.Vocabulary) : null);

    /// <summary>The values of a token's state, of a model of whatever family.</summary>
    /// <exception cref="CheckpointException">The configuration does not say.</exception>
    public static int WidthOf(ModelConfig config) =>
        Find(config)?.Shape.Width ?? config.Size("hidden_size", SizeRange.Width);

    /// <summary>
    /// The id that fills rows up, of whatever family; 0 where the configuration says none, as null or -1. What is there
    /// makes no difference then, as it is masked.
    /// </summary>
    /// <exception cref="CheckpointException">It is no id of the vocabulary.</exception>
    public static int PaddingIdOf(ModelConfig config)
    {
        if (!config.Has(PaddingIdField) || config.GetInt(PaddingIdField) == -1)
        {
            return 0;
        }

        int id = config.Size(PaddingIdField, SizeRange.TokenId);
        return id < (VocabularyOf(config) ?? int.MaxValue)
            ? id
            : throw new CheckpointException(config.Path, $"field {PaddingIdField}", $"{id}",
                $"an id below vocab_size, {VocabularyOf(config)}", "Correct either field.");
    }

    /// <summary>What ONNX Runtime GenAI calls the family; null for one that it does not run.</summary>
    public virtual string? GenAiType => null;

    /// <summary>Whether a text can be written on with it, with keys and values of earlier tokens in a cache.</summary>
    public virtual bool HasCache => true;

    /// <summary>What a model folder holds beside its configuration and weights for the model to be built.</summary>
    public virtual IReadOnlyList<(string Name, byte[] Content)> Files => [];

    /// <summary>What precedes the names of a layer's tensors, <see cref="BasePrefix"/> included.</summary>
    /// <param name="layer">Counted from 0.</param>
    public abstract string LayerPrefix(int layer);

    /// <summary>
    /// The encoder: states of the last layer, [T, H] packed or [B, S, H] padded. Where the head reads first tokens
    /// alone, packed ones may be of those, [B, H]: other tokens then get keys and values in the last layer and no more.
    /// </summary>
    /// <param name="m">The builder.</param>
    /// <param name="head">What reads the states; null where all of them are read.</param>
    /// <exception cref="RunException">The head is none for the family.</exception>
    public virtual Value Encode(ModelBuilder m, ModelHead? head = null)
    {
        m.Place = ParameterPlace.Embeddings;

        // Layers that stay as they are give the states of all tokens, whatever the head reads.
        bool isFrozen = m.IsFrozen(ParameterPlace.Layer(Shape.Layers - 1));
        Value x = Layers(m, 0, Shape.Layers, Embed(m), Layer, isFrozen ? null : head);
        m.LayerOutputs[^1] = x = m.LayerInput(Shape.Layers, Finish(m, x));
        m.Place = ParameterPlace.Head;
        return x;
    }

    /// <summary>The family's head on whole sequences: [B, outputs].</summary>
    public abstract Value SequenceHead(ModelBuilder m, long outputs, Value hidden);

    /// <summary>
    /// The family's head for masked tokens: logits of the whole vocabulary, a row per token of
    /// <see cref="ModelBuilder.ChosenTokens"/>.
    /// </summary>
    /// <exception cref="RunException">There is none for the family, or the configuration has another.</exception>
    public virtual Value MaskedTokenHead(ModelBuilder m, Value hidden) => throw new RunException(
        $"{Config.Path}: model_type is '{ModelType}', whose head for masked tokens is not supported. Take a model of "
        + "another family.");

    /// <summary>
    /// The family's head for next tokens: logits of the whole vocabulary, a row per token of
    /// <see cref="ModelBuilder.ChosenTokens"/>.
    /// </summary>
    /// <exception cref="RunException">There is none for the family, or the configuration has another.</exception>
    public virtual Value NextTokenHead(ModelBuilder m, Value hidden) => throw new RunException(
        $"{Config.Path}: model_type is '{ModelType}', which predicts no next tokens. Take a decoder, such as gpt2.");

    /// <summary>The class that Hugging Face loads the model with a head as.</summary>
    public virtual string ClassOf(ModelHead head) => ClassPrefix + head.ClassSuffix;

    /// <summary>What the last layer of a head on tokens takes: the states as they are, or what the family makes of
    /// them.</summary>
    /// <param name="m">The builder.</param>
    /// <param name="hidden">[T, H] packed or [B, S, H] padded, or [B, H].</param>
    /// <param name="dropout">The probability of dropout before that layer.</param>
    public virtual Value TokenFeatures(ModelBuilder m, Value hidden, float dropout) => m.Dropout(dropout, hidden);

    /// <summary>Another name that a checkpoint may have a tensor under, where it has it once for two layers; null for
    /// none.</summary>
    public virtual string? AliasOf(string tensor) => null;

    /// <summary>Whether a checkpoint may have a tensor that nothing reads, as it is there twice or was never
    /// used.</summary>
    public virtual bool Ignores(string tensor) => false;

    /// <summary>A tensor of files that is not built, as it is 0 in all models known, and its shape; null for
    /// none.</summary>
    public virtual (string Name, long[] Shape)? ZeroTensor => null;

    /// <summary>The configuration of a model that has some of the layers.</summary>
    /// <param name="kept">Their numbers, from 0, in the order they come in.</param>
    public virtual ModelConfig WithLayers(IReadOnlyList<int> kept) => Config.With(LayersField, kept.Count);

    /// <summary>The configuration with one probability of dropout everywhere.</summary>
    public ModelConfig WithDropout(double probability) =>
        DropoutFields.Aggregate(Config, (config, field) => config.With(field, probability));

    /// <summary>The parameters of the encoder, whose sizes cost nothing until they are allocated.</summary>
    internal IReadOnlyList<ParameterSpec> EncoderParameters()
    {
        PackedModelBuilder m = new(new GraphBuilder("encoder"), training: false);
        _ = Encode(m);
        return [.. m.Views.SelectMany(v => v.Parts)];
    }

    /// <summary>Token ids to what the first layer takes.</summary>
    protected abstract Value Embed(ModelBuilder m);

    /// <summary>One layer, whose tensors' names begin with <paramref name="prefix"/>.</summary>
    protected abstract Value Layer(ModelBuilder m, string prefix, Value x);

    /// <summary>Layers one after another, noted down as those of the builder.</summary>
    /// <param name="m">The builder.</param>
    /// <param name="start">The first layer.</param>
    /// <param name="end">Behind the last one.</param>
    /// <param name="x">What the first one takes.</param>
    /// <param name="build">Builds one, whose tensors' names begin as it is told.</param>
    /// <param name="head">What reads the states of the last one; null where all of them are read.</param>
    protected Value Layers(
        ModelBuilder m, int start, int end, Value x, Func<ModelBuilder, string, Value, Value> build,
        ModelHead? head = null)
    {
        for (int layer = start; layer < end; layer++)
        {
            m.Place = ParameterPlace.Layer(layer);
            m.ReadsFirstTokens = layer == end - 1 && head?.ReadsFirstTokens(this) == true;
            x = m.LayerInput(layer, x);
            int first = m.Graph.NodeCount;
            x = build(m, LayerPrefix(layer), x);
            m.LayerOutputs.Add(x);
            m.LayerNodes.Add(new(first, m.Graph.NodeCount));
        }

        return x;
    }

    /// <summary>What follows the last layer and belongs to it, such as a norm.</summary>
    protected virtual Value Finish(ModelBuilder m, Value x) => x;

    /// <summary>
    /// A head for masked tokens as BERT's relatives have it: a dense layer to the width of the word embeddings with its
    /// activation, a norm, and those embeddings once more with a bias per token (Devlin et al. 2019, section 3.1).
    /// </summary>
    /// <param name="m">The builder.</param>
    /// <param name="dense">The name of the dense layer.</param>
    /// <param name="norm">The name of the norm.</param>
    /// <param name="output">What precedes <c>.bias</c> in the name of the bias.</param>
    /// <param name="activation">The activation, as configurations name it.</param>
    /// <param name="epsilon">The norm's.</param>
    /// <param name="hidden">[T, H] packed or [B, S, H] padded.</param>
    protected Value MaskedTokenHead(
        ModelBuilder m, string dense, string norm, string output, string activation, float epsilon, Value hidden)
    {
        Config.RequireTied();
        int width = EmbeddingWidth;
        Value x = m.Activation(activation, m.Linear(dense, Shape.Width, width, m.ChosenTokens(hidden)));
        x = m.LayerNorm(norm, width, epsilon, x);
        return m.TiedLinear(BasePrefix + "embeddings.word_embeddings", output, width, Shape.Vocabulary, x);
    }

    /// <summary>A head on whole sequences as decoders have it: the last token through a layer without a
    /// bias.</summary>
    protected Value LastTokenHead(ModelBuilder m, long outputs, Value hidden) => m.OutputLayer(
        new LinearName("score") { HasBias = false }, Shape.Width, outputs, m.LastToken(hidden));

    /// <summary>Refuses what the family has and is not built here.</summary>
    /// <exception cref="RunException">Names the field of config.json.</exception>
    protected abstract void RequireSupported();

    private static Architecture? Find(ModelConfig config) => config.Has(ImportedArchitecture.GraphField)
        ? new ImportedArchitecture(config)
        : Families.FirstOrDefault(f => f.ModelType == config.ModelType).Read?.Invoke(config);
}
