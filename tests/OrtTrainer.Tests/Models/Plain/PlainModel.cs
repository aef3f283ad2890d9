using OrtTrainer.Tests.Runtime;

namespace OrtTrainer.Tests.Models.Plain;

/// <summary>
/// An encoder with a head for sequences, as its paper has it, or for tokens, in float64, one sequence at a time: what
/// packed batches, kernels and the differentiated graph must reproduce.
/// </summary>
/// <param name="shape">Its sizes.</param>
/// <param name="weights">The first values of a parameter, by name, rows and columns.</param>
internal abstract class PlainModel(PlainShape shape, Func<string, int, int, double[,]> weights)
{
    private readonly Dictionary<string, Tensor> _parameters = new(StringComparer.Ordinal);
    private int? _visible;

    /// <summary>The parameters under their names in a checkpoint; there once they were used.</summary>
    public IReadOnlyDictionary<string, Tensor> Parameters => _parameters;

    /// <summary>Its config.json.</summary>
    public abstract string Config { get; }

    /// <summary>The id that pads sequences in a batch of equal lengths; this model has no use for it.</summary>
    public virtual int PaddingId => 0;

    protected PlainShape Shape => shape;

    /// <summary>The width of the embeddings.</summary>
    protected int EmbeddingWidth => shape.EmbeddingWidth > 0 ? shape.EmbeddingWidth : shape.Width;

    protected Tape Tape { get; private set; } = new();

    public static PlainModel Of(
        string architecture, PlainShape shape, Func<string, int, int, double[,]> weights) => architecture switch
    {
        "bert" => new PlainBert(shape, weights),
        "roberta" => new PlainRoberta(shape, weights),
        "camembert" or "xlm-roberta" => new PlainRoberta(shape, weights, architecture),
        "data2vec-text" => new PlainRoberta(shape, weights, architecture, "data2vec_text"),
        "albert" => new PlainAlbert(shape, weights),
        "mpnet" => new PlainMPNet(shape, weights),
        "ernie" => new PlainErnie(shape, weights),
        "electra" => new PlainElectra(shape, weights),
        "deberta-v2" => new PlainDebertaV2(shape, weights),
        "distilbert" => new PlainDistilBert(shape, weights),
        "modernbert" => new PlainModernBert(shape, weights),
        "gpt_neo" => new PlainGptNeo(shape, weights),
        _ => throw new ArgumentException($"There is no plain model of {architecture}."),
    };

    /// <summary>Logits of sequences, [sequences, outputs], or of all their tokens, [tokens, outputs].</summary>
    /// <param name="tape">Records what is computed.</param>
    /// <param name="sequences">Token ids with the token types.</param>
    /// <param name="visible">How many tokens of each sequence are seen, the first ones, as where padding follows them;
    /// null for all.</param>
    public Tensor Logits(
        Tape tape, IEnumerable<(int[] Ids, int[] Types)> sequences, IReadOnlyList<int>? visible = null)
    {
        List<Tensor> rows = [];
        foreach (((int[] ids, int[] types), int sequence) in sequences.Select((s, i) => (s, i)))
        {
            _visible = visible?[sequence];
            Tensor last = States(tape, ids, types)[^1];
            rows.AddRange(shape.PerToken
                ? Enumerable.Range(0, ids.Length).Select(token => shape.Masked
                    ? MaskedHead(tape.Rows(last, [token]))
                    : TokenHead(tape.Rows(last, [token])))
                : [Head(Pooled(last))]);
        }

        return tape.Below(rows);
    }

    /// <summary>The output of every layer for one sequence, [tokens, width] each.</summary>
    public IReadOnlyList<Tensor> States(Tape tape, int[] ids, int[] types)
    {
        Tape = tape;
        Tensor x = Embed(ids, types);
        return [.. Enumerable.Range(0, shape.Layers).Select(layer =>
        {
            x = Layer(layer, x);
            return layer == shape.Layers - 1 ? Finish(x) : x;
        })];
    }

    protected abstract Tensor Embed(int[] ids, int[] types);

    protected abstract Tensor Layer(int layer, Tensor x);

    /// <summary>What follows the last layer.</summary>
    protected virtual Tensor Finish(Tensor x) => x;

    /// <summary>Logits of the vocabulary for the state of a token.</summary>
    /// <exception cref="NotSupportedException">There is none for the family.</exception>
    protected virtual Tensor MaskedHead(Tensor state) => throw new NotSupportedException();

    /// <summary>A dense layer with its activation, a norm, and the word embeddings with a bias per token.</summary>
    protected Tensor MaskedHead(
        string family, string dense, string norm, string output, Tensor state, Func<Tensor, Tensor>? activation = null)
    {
        Tensor x = Linear(dense, shape.Width, EmbeddingWidth, state);
        x = LayerNorm(norm, activation is null ? Activation(x) : activation(x));
        return Words(family + ".embeddings.word_embeddings", output, x);
    }

    /// <summary>The products of a state with all word embeddings, with a bias per token where it has a name.</summary>
    protected Tensor Words(string embeddings, string? bias, Tensor x)
    {
        Tensor words = Matrix(embeddings + ".weight", shape.Vocabulary, EmbeddingWidth);
        Tensor products = Tape.Product(x, Tape.Transpose(words));
        return bias is null ? products : Tape.AddBias(products, Vector(bias + ".bias", shape.Vocabulary));
    }

    /// <summary>The row that stands for the sequence: as a rule the first token.</summary>
    protected virtual Tensor Pooled(Tensor last) => Tape.Rows(last, [0]);

    /// <summary>Logits of what stands for the sequence.</summary>
    protected abstract Tensor Head(Tensor pooled);

    /// <summary>The name of the layer that gives the logits of tokens.</summary>
    protected virtual string TokenLayer => shape.TokenLayer;

    /// <summary>Logits of the state of a token.</summary>
    protected virtual Tensor TokenHead(Tensor x) => Linear(TokenLayer, shape.Width, shape.Outputs, x);

    protected Tensor Linear(string name, int inputs, int outputs, Tensor x, bool hasBias = true)
    {
        Tensor product = Tape.Product(x, Tape.Transpose(Matrix(name + ".weight", outputs, inputs)));
        return hasBias ? Tape.AddBias(product, Vector(name + ".bias", outputs)) : product;
    }

    protected Tensor LayerNorm(string name, Tensor x, bool hasBias = true) => Tape.LayerNorm(
        x, Vector(name + ".weight", x.Columns),
        hasBias ? Vector(name + ".bias", x.Columns) : new Tensor(new double[1, x.Columns]), shape.Epsilon);

    protected Tensor Embedding(string name, int rows, IReadOnlyList<int> ids) =>
        Tape.Rows(Matrix(name + ".weight", rows, EmbeddingWidth), ids);

    /// <summary>A table of its own width.</summary>
    protected Tensor Table(string name, int rows, int columns) => Matrix(name + ".weight", rows, columns);

    /// <summary>
    /// softmax(q kᵀ / √d) v in every head, the heads beside each other (Vaswani et al., 2017); where there is a bias,
    /// it changes the scores of a head.
    /// </summary>
    protected Tensor Attention(
        string query, string key, string value, Tensor x, Func<int, Tensor, Tensor>? bias = null)
    {
        Tensor q = Linear(query, shape.Width, shape.Width, x);
        Tensor k = Linear(key, shape.Width, shape.Width, x);
        Tensor v = Linear(value, shape.Width, shape.Width, x);
        if (_visible is { } count)
        {
            int[] seen = [.. Enumerable.Range(0, count)];
            (k, v) = (Tape.Rows(k, seen), Tape.Rows(v, seen));
        }

        return Attend(v, (head, d) =>
        {
            Tensor keys = Tape.Transpose(Tape.Columns(k, head * d, d));
            Tensor scores = Tape.Product(Tape.Columns(q, head * d, d), keys, 1 / Math.Sqrt(d));
            return bias is null ? scores : bias(head, scores);
        });
    }

    /// <summary>softmax(scores) v in every head, the heads beside each other.</summary>
    /// <param name="v">[tokens, width].</param>
    /// <param name="scores">By the number of the head and its width: [tokens, tokens].</param>
    protected Tensor Attend(Tensor v, Func<int, int, Tensor> scores)
    {
        int d = shape.Width / shape.Heads;
        return Tape.Beside([.. Enumerable.Range(0, shape.Heads).Select(head =>
            Tape.Product(Tape.Softmax(scores(head, d)), Tape.Columns(v, head * d, d)))]);
    }

    /// <summary>The activation of the feed-forward part.</summary>
    protected Tensor Activation(Tensor x) => shape.Activation switch
    {
        "gelu" => Gelu(x),
        "gelu_new" => Tape.Pointwise(x, z => Reference.Gelu(z, tanh: true), z => Reference.GeluSlope(z, tanh: true)),
        "relu" => Relu(x),
        _ => throw new ArgumentException($"There is no plain {shape.Activation}."),
    };

    protected Tensor Gelu(Tensor x) =>
        Tape.Pointwise(x, z => Reference.Gelu(z, tanh: false), z => Reference.GeluSlope(z, tanh: false));

    protected Tensor Relu(Tensor x) => Tape.Pointwise(x, z => Math.Max(z, 0), z => z > 0 ? 1 : 0);

    protected Tensor Tanh(Tensor x) => Tape.Pointwise(x, Math.Tanh, z => 1 - Math.Pow(Math.Tanh(z), 2));

    private Tensor Matrix(string name, int rows, int columns) => Parameter(name, rows, columns, isVector: false);

    private Tensor Vector(string name, int columns) => Parameter(name, 1, columns, isVector: true);

    private Tensor Parameter(string name, int rows, int columns, bool isVector)
    {
        if (!_parameters.TryGetValue(name, out Tensor? parameter))
        {
            _parameters[name] = parameter = new Tensor(weights(name, rows, columns), isVector);
        }

        return parameter;
    }
}
