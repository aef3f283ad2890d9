using System.Globalization;
using OrtTrainer.Graph;
using OrtTrainer.Graph.Differentiation;
using OrtTrainer.Images;

namespace OrtTrainer.Models.Building;

/// <summary>
/// What an architecture is written against: layers by their names in a checkpoint. The same description builds the
/// packed graph that trains (<see cref="PackedModelBuilder"/>) and the padded one that is exported
/// (<see cref="PaddedModelBuilder"/>).
/// </summary>
internal abstract class ModelBuilder
{
    private readonly Dictionary<string, Value> _once = new(StringComparer.Ordinal);
    private bool _makesOutputs;

    protected ModelBuilder(GraphBuilder graph) => Graph = graph;

    /// <summary>The names that <see cref="Activation"/> knows, the usual one first.</summary>
    public static IReadOnlyList<string> Activations { get; } =
        ["gelu", "gelu_new", "gelu_pytorch_tanh", "gelu_fast", "relu", "silu", "swish", "tanh"];

    public GraphBuilder Graph { get; }

    /// <summary>Token ids: the encoder's and, once the decoder is begun, the decoder's.</summary>
    public abstract Value InputIds { get; }

    /// <summary>Segment ids: 0 for the first text, 1 for the second.</summary>
    public abstract Value TokenTypeIds { get; }

    /// <summary>The part of the model that is being built, which its parameters belong to.</summary>
    public ParameterPlace Place { get; set; }

    /// <summary>
    /// Whether first tokens of sequences are all that is read of the layer that is being built: attention may then
    /// answer for those alone, [B, H], and with it the rest of the layer.
    /// </summary>
    public bool ReadsFirstTokens { get; set; }

    /// <summary>
    /// What each layer of the encoder gives, first to last, as far as it is built; the last one's may be of first
    /// tokens alone (see <see cref="Architecture.Encode"/>).
    /// </summary>
    public List<Value> LayerOutputs { get; } = [];

    /// <summary>The nodes of each layer.</summary>
    public List<NodeRange> LayerNodes { get; } = [];

    /// <summary>What a layer, counted from 0, takes: what the one before gave, or what stands for it.</summary>
    public virtual Value LayerInput(int layer, Value x) => x;

    /// <summary>Whether a part of the model is among layers that stay as they are, or below.</summary>
    public virtual bool IsFrozen(ParameterPlace place) => false;

    /// <summary>The values of the images of a batch, [B, C, height, width].</summary>
    public Value Pixels(ImageShape image) => Once(PackedInputs.PixelValues, () => Graph.Input(
        PackedInputs.PixelValues,
        new TensorType(ElementType.Float, new Shape(BatchSize, image.Channels, image.Height, image.Width))));

    /// <summary>Whether tokens lie end to end, [T, …]; otherwise in rows that are filled up, [B, S, …].</summary>
    public virtual bool IsPacked => false;

    /// <summary>An input of an exported model, with a number per token of rows that are filled up with padding, int64
    /// [B, S].</summary>
    /// <param name="input">One of <see cref="PaddedInputs"/>.</param>
    /// <param name="padding">What fills rows up.</param>
    public abstract Value Rows(string input, long padding = 0);

    /// <summary>Tokens in rows that are filled up, [B, S, …]; what is in padding means nothing.</summary>
    public virtual Value ToRows(Value tokens) => tokens;

    /// <summary>The tokens of rows that are filled up.</summary>
    /// <param name="rows">[B, S, …], or [B · S, …].</param>
    /// <param name="isFlat">Which of the two.</param>
    public virtual Value FromRows(Value rows, bool isFlat) => rows;

    /// <summary>Tokens of sequences of one length, [B, S, width], as layers take them: [B · S, width] packed, as they
    /// are padded.</summary>
    public abstract Value Tokens(Value x);

    /// <summary>A tensor of the model, as it is.</summary>
    public abstract Value Parameter(ParameterSpec spec);

    /// <summary>
    /// Batch normalization of [B, channels, height, width] with <c>name.weight</c> and <c>name.bias</c>, by the
    /// statistics <c>name.running_mean</c> and <c>name.running_var</c>, all [channels].
    /// </summary>
    public Value BatchNorm(string name, long channels, float epsilon, Value x)
    {
        ParameterSpec Of(string part, ParameterInitialization start) =>
            new($"{name}.{part}", [channels], start, WeightDecay: part == "weight") { Place = Place };
        Value gain = Parameter(Of("weight", ParameterInitialization.Ones));
        Value bias = Parameter(Of("bias", ParameterInitialization.Zeros));
        return BatchNorm(
            gain, bias, Of("running_mean", ParameterInitialization.Zeros) with { IsStatistic = true },
            Of("running_var", ParameterInitialization.Ones) with { IsStatistic = true }, epsilon, x);
    }

    /// <summary>
    /// Ends the encoder: ids, positions and places in a sequence are the decoder's from here on, whose tokens are a
    /// list of their own.
    /// </summary>
    /// <exception cref="NotSupportedException">Encoder and decoder are graphs of their own.</exception>
    public virtual void StartDecoder() =>
        throw new NotSupportedException("An encoder and its decoder are built as two graphs.");

    /// <summary>Positions in the sequence, the first being <paramref name="first"/>.</summary>
    /// <param name="first">0 for BERT; RoBERTa's begin after its padding id.</param>
    public abstract Value PositionIds(long first);

    /// <summary>Rows of the table <c>name.weight</c> [rows, width].</summary>
    public abstract Value Embedding(string name, long rows, long width, Value ids);

    /// <summary>x·Wᵀ + b with <c>name.weight</c> [outputs, inputs] and, if the name has it, <c>name.bias</c>
    /// [outputs].</summary>
    public abstract Value Linear(LinearName name, long inputs, long outputs, Value x);

    /// <summary>A linear layer and the residual branch around it: residual + x·Wᵀ + b.</summary>
    /// <param name="name">As of <see cref="Linear"/>.</param>
    /// <param name="inputs">Columns of x.</param>
    /// <param name="outputs">Columns of the result.</param>
    /// <param name="x">[rows, inputs] packed or [B, S, inputs] padded.</param>
    /// <param name="residual">Of the shape of the result.</param>
    public virtual Value LinearAdd(LinearName name, long inputs, long outputs, Value x, Value residual) =>
        Graph.Add(residual, Linear(name, inputs, outputs, x));

    /// <summary>residual + dropout(x·Wᵀ + b), with probability p while training.</summary>
    public virtual Value LinearDropoutAdd(
        LinearName name, long inputs, long outputs, float p, Value x, Value residual) =>
        Graph.Add(residual, Dropout(p, Linear(name, inputs, outputs, x)));

    /// <summary>The last layer of a head: as <see cref="Linear"/>, with a row of weights and a bias per
    /// output.</summary>
    public Value OutputLayer(LinearName name, long inputs, long outputs, Value x)
    {
        _makesOutputs = true;
        Value made = Linear(name, inputs, outputs, x);
        _makesOutputs = false;
        return made;
    }

    /// <summary>
    /// x·Wᵀ with <c>name.weight</c> [outputs, inputs] alone. By the name of an embedding it is tied to that: one
    /// parameter, whose gradient is the sum of both.
    /// </summary>
    public abstract Value Map(LinearName name, long inputs, long outputs, Value x);

    /// <summary>
    /// x·Wᵀ + b with <c>name.weight</c> [outputs, inputs] of an embedding that it is tied to, and a bias of its own.
    /// </summary>
    /// <param name="embedding">The name of the embedding.</param>
    /// <param name="name">What precedes <c>.bias</c>.</param>
    /// <param name="inputs">The width of the embedding.</param>
    /// <param name="outputs">Its rows.</param>
    /// <param name="x">[rows, inputs] packed or [B, S, inputs] padded.</param>
    public abstract Value TiedLinear(string embedding, string name, long inputs, long outputs, Value x);

    /// <summary>Normalization of the last axis by <c>name.weight</c> and <c>name.bias</c> [width].</summary>
    public Value LayerNorm(string name, long width, float epsilon, Value x) =>
        LayerNorm(name, width, epsilon, hasBias: true, x);

    /// <summary>As the other; without a bias <c>name.weight</c> alone.</summary>
    public abstract Value LayerNorm(string name, long width, float epsilon, bool hasBias, Value x);

    /// <summary>
    /// dropout(LayerNorm(x)) of the sum x of a row of each table, which are added from the first to the last.
    /// </summary>
    /// <param name="norm">The name of the norm.</param>
    /// <param name="width">Of all tables.</param>
    /// <param name="epsilon">The norm's.</param>
    /// <param name="hasBias">Whether the norm has a bias.</param>
    /// <param name="p">Probability of dropout, while training.</param>
    /// <param name="tables">One or more.</param>
    public virtual Value NormedEmbeddings(
        string norm, long width, float epsilon, bool hasBias, float p, params IReadOnlyList<EmbeddingTable> tables) =>
        Dropout(p, LayerNorm(norm, width, epsilon, hasBias, Embeddings(width, tables)));

    /// <summary>The sum of a row of each table, from the first to the last.</summary>
    public Value Embeddings(long width, IReadOnlyList<EmbeddingTable> tables) =>
        tables.Select(table => Embedding(table.Name, table.Rows, width, table.Ids)).Aggregate(Graph.Add);

    /// <summary>Rows over the root of their mean square, by <c>name.weight</c> [width].</summary>
    public abstract Value RmsNorm(string name, long width, float epsilon, Value x);

    /// <summary>LayerNorm(residual + dropout(x)).</summary>
    public abstract Value DropoutAddLayerNorm(string name, long width, float epsilon, float p, Value x, Value residual);

    /// <summary>Dropout with probability p while training; nothing otherwise.</summary>
    public abstract Value Dropout(float p, Value x);

    /// <summary>
    /// Scaled dot-product attention of x with itself, by heads (Vaswani et al., 2017): a row for every token, or for
    /// first tokens alone where no others are read (<see cref="ReadsFirstTokens"/>). What is added to it is
    /// <see cref="Residual"/>.
    /// </summary>
    /// <param name="layers">
    /// The linear layers that make queries, keys and values of x, of which there may be fewer heads.
    /// </param>
    /// <param name="shape">Width and heads.</param>
    /// <param name="mask">Which tokens of its sequence a token sees.</param>
    /// <param name="p">Probability of dropout of the attention weights, while training.</param>
    /// <param name="x">[T, H] packed or [B, S, H] padded.</param>
    /// <param name="distances">What distances between tokens mean to it; null for nothing.</param>
    public abstract Value SelfAttention(
        QueryKeyValue layers, ModelShape shape, AttentionMask mask, float p, Value x,
        TokenDistances? distances = null);

    /// <summary>
    /// Scaled dot-product attention of the decoder's tokens to all tokens that the encoder has of the same example.
    /// </summary>
    /// <param name="layers">The linear layers that make queries of x, and keys and values of what was encoded.</param>
    /// <param name="shape">Width and heads.</param>
    /// <param name="p">Probability of dropout of the attention weights, while training.</param>
    /// <param name="x">[U, H] packed or [B, U, H] padded: the decoder's tokens.</param>
    /// <param name="encoded">[T, H] packed or [B, S, H] padded: the encoder's states.</param>
    public abstract Value CrossAttention(
        QueryKeyValue layers, ModelShape shape, float p, Value x, Value encoded);

    /// <summary>
    /// Attention by content and by distance (He et al., DeBERTa, 2021): scores are the sum of three products, divided
    /// by √(3D).
    /// </summary>
    /// <param name="layers">The linear layers [H, H] that make queries, keys and values of x.</param>
    /// <param name="relativeLayers">
    /// Those that make queries and keys of relative positions; the same names share their parameters.
    /// </param>
    /// <param name="shape">Width and heads.</param>
    /// <param name="p">Probability of dropout of the attention weights, while training.</param>
    /// <param name="x">[T, H] packed or [B, S, H] padded.</param>
    /// <param name="relative">Relative positions, [R, H].</param>
    /// <param name="distances">Which of those a distance has.</param>
    public abstract Value DisentangledAttention(
        QueryKeyValue layers, (LinearName Query, LinearName Key) relativeLayers, ModelShape shape, float p, Value x,
        Value relative, RelativeDistances distances);

    /// <summary>All of the table <c>name.weight</c> [rows, width].</summary>
    public abstract Value Table(string name, long rows, long width);

    /// <summary>What is made when it is first asked for, and taken again from then on.</summary>
    public Value Once(string name, Func<Value> make)
    {
        if (!_once.TryGetValue(name, out Value? value))
        {
            _once[name] = value = make();
        }

        return value;
    }

    /// <summary>x, of the tokens that attention has answered for.</summary>
    /// <param name="x">A row for every token.</param>
    /// <param name="attended">What attention gave, or what was made of it.</param>
    public abstract Value Residual(Value x, Value attended);

    /// <summary>The first token of every sequence, [B, width]; x itself where it holds no others.</summary>
    public abstract Value FirstToken(Value x);

    /// <summary>The last token of every sequence, padding left out, [B, width].</summary>
    public abstract Value LastToken(Value x);

    /// <summary>The mean of the tokens of every sequence, [B, width].</summary>
    public abstract Value MeanToken(Value x);

    /// <summary>
    /// The tokens that a head answers for where it answers for chosen ones (<see cref="OutputRows.PerChosenToken"/>):
    /// [R, width] packed; all of them, [B, S, width], padded.
    /// </summary>
    public abstract Value ChosenTokens(Value x);

    /// <summary>Two linear layers with an activation between them.</summary>
    /// <param name="inner">The first layer, [width, innerWidth].</param>
    /// <param name="outer">The second.</param>
    /// <param name="width">Of what goes in and comes out.</param>
    /// <param name="innerWidth">Between the two.</param>
    /// <param name="activation">One of <see cref="Activations"/>.</param>
    /// <param name="x">[rows, width] packed or [B, S, width] padded.</param>
    /// <exception cref="ArgumentException">There is no such activation.</exception>
    public virtual Value FeedForward(
        LinearName inner, LinearName outer, long width, long innerWidth, string activation, Value x) =>
        Linear(outer, innerWidth, width, Activation(activation, Linear(inner, width, innerWidth, x)));

    /// <summary>As the other, with dropout behind the activation.</summary>
    /// <param name="inner">The first layer, [width, innerWidth].</param>
    /// <param name="outer">The second.</param>
    /// <param name="width">Of what goes in and comes out.</param>
    /// <param name="innerWidth">Between the two.</param>
    /// <param name="activation">One of <see cref="Activations"/>.</param>
    /// <param name="p">Probability of that dropout, while training.</param>
    /// <param name="x">[rows, width] packed or [B, S, width] padded.</param>
    /// <exception cref="ArgumentException">There is no such activation.</exception>
    public Value FeedForward(
        LinearName inner, LinearName outer, long width, long innerWidth, string activation, float p, Value x) => p > 0
        ? Linear(outer, innerWidth, width, Dropout(p, Activation(activation, Linear(inner, width, innerWidth, x))))
        : FeedForward(inner, outer, width, innerWidth, activation, x);

    /// <summary>
    /// Two linear layers side by side, what the first gives activated and multiplied with what the second gives, and a
    /// third layer (N. Shazeer, arXiv:2002.05202), with the residual branch around them.
    /// </summary>
    /// <param name="layers">The three.</param>
    /// <param name="width">Of what goes in and comes out.</param>
    /// <param name="innerWidth">Of what is multiplied.</param>
    /// <param name="activation">One of <see cref="Activations"/>.</param>
    /// <param name="p">Probability of dropout before the third layer, while training.</param>
    /// <param name="x">[rows, width] packed or [B, S, width] padded.</param>
    /// <param name="residual">What is added to the result; null for nothing.</param>
    /// <exception cref="ArgumentException">There is no such activation.</exception>
    public virtual Value GatedFeedForward(
        GatedLayers layers, long width, long innerWidth, string activation, float p, Value x,
        Value? residual = null)
    {
        (Value gate, Value up) = GateAndUp(layers, width, innerWidth, x);
        Value gated = Graph.Mul(Activation(activation, gate), up);
        Value dropped = Dropout(p, gated);
        return residual is null
            ? Linear(layers.Down, innerWidth, width, dropped)
            : LinearAdd(layers.Down, innerWidth, width, dropped, residual);
    }

    /// <summary>The activation called <paramref name="name"/> in a Hugging Face configuration.</summary>
    /// <exception cref="ArgumentException">It is none of <see cref="Activations"/>.</exception>
    public Value Activation(string name, Value x) => name switch
    {
        "gelu" => Gelu(x),
        _ when IsGeluTanh(name) => GeluTanh(x),
        "relu" => Graph.Node("Relu", [x]),
        "silu" or "swish" => Graph.Mul(x, Graph.Node("Sigmoid", [x])),
        "tanh" => Graph.Tanh(x),
        _ => throw new ArgumentException($"There is no activation '{name}'.", nameof(name)),
    };

    /// <summary>Whether an activation is GELU's approximation by tanh, which has several names.</summary>
    protected static bool IsGeluTanh(string activation) =>
        activation is "gelu_new" or "gelu_pytorch_tanh" or "gelu_fast";

    /// <summary>Batch normalization by given statistics.</summary>
    protected virtual Value BatchNorm(
        Value gain, Value bias, ParameterSpec mean, ParameterSpec variance, float epsilon, Value x) => Graph.Node(
        "BatchNormalization", [x, gain, bias, Parameter(mean), Parameter(variance)],
        AttributeList.Empty.With("epsilon", epsilon));

    /// <summary>What shapes call the number of sequences.</summary>
    protected abstract string BatchSize { get; }

    /// <summary>A list of numbers that the graph holds, once under its name.</summary>
    protected Value Fixed(string name, Func<float[]> values) => Once(name, () =>
    {
        float[] list = values();
        return Graph.Initializer(TensorContent.Float(name, [list.Length], list));
    });

    /// <summary>The rows of relative positions by distance, [2P - 1], of a model that has one kind of them.</summary>
    protected Value RowsOf(RelativeDistances distances) => Once("distance_rows", () =>
        Graph.Initializer(TensorContent.Int64("distance_rows", [distances.Rows.Count], [.. distances.Rows])));

    /// <summary>The frequencies of rotary positions, [D/2].</summary>
    protected Value Frequencies(TokenDistances distances, ModelShape shape) => Fixed(
        string.Create(CultureInfo.InvariantCulture, $"rotary_frequencies_{distances.RotaryBase}"),
        () => distances.Frequencies(shape.HeadWidth));

    /// <summary>The outputs of the first two layers of a gated feed-forward part.</summary>
    protected abstract (Value Gate, Value Up) GateAndUp(GatedLayers layers, long width, long innerWidth, Value x);

    protected abstract Value Gelu(Value x);

    protected abstract Value GeluTanh(Value x);

    /// <summary>What scores are multiplied with: 1/√D, or 1 where the model does without.</summary>
    /// <param name="shape">Width and heads.</param>
    /// <param name="products">How many products a score is the sum of.</param>
    protected static float ScoreScale(ModelShape shape, int products = 1) =>
        shape.ScalesScores ? (float)(1 / Math.Sqrt(products * shape.HeadWidth)) : 1;

    protected ParameterSpec Weight(LinearName name, params long[] shape) =>
        new(name.Text + ".weight", shape, ParameterInitialization.Normal, WeightDecay: true)
        {
            Place = Place,
            HasRowPerOutput = _makesOutputs,
            Storage = name.StorageOf("weight"),
        };

    /// <summary>The table of a bias by distance, which belongs to no layer as any may use it.</summary>
    protected ParameterSpec Table(RelativeBias bias, ModelShape shape) =>
        Weight(bias.Name, bias.Buckets, shape.Heads) with { Place = ParameterPlace.Embeddings };

    protected ParameterSpec Bias(LinearName name, long width) =>
        new(name.Text + ".bias", [width], ParameterInitialization.Zeros, WeightDecay: false)
        {
            Place = Place,
            HasRowPerOutput = _makesOutputs,
            Storage = name.StorageOf("bias"),
        };

    protected ParameterSpec Gain(string name, long width) =>
        new(name + ".weight", [width], ParameterInitialization.Ones, WeightDecay: false) { Place = Place };
}
