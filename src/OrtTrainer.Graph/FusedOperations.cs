using OrtTrainer.Graph.Functions;
using OrtTrainer.Graph.Operators.Fused;

namespace OrtTrainer.Graph;

/// <summary>The fused operators as methods of the builder.</summary>
public static class FusedOperations
{
    /// <summary>What the inner width of <see cref="FeedForward"/> is a multiple of: kernels then have no remainders.
    /// </summary>
    public const int FeedForwardMultiple = 32;

    /// <summary>About how many logits a kernel of <see cref="LinearCrossEntropy"/> makes at a time, 128 MB of them; of
    /// a wider vocabulary, those of a few rows.</summary>
    public const int LogitsAtOnce = 32 * 1024 * 1024;

    /// <summary>The most tables of <see cref="EmbeddingNorm"/>.</summary>
    public const int MostEmbeddings = 4;

    /// <summary>
    /// x with elements dropped with probability p and the others scaled by 1/(1-p); x itself where p is 0.
    /// </summary>
    /// <param name="g">The builder.</param>
    /// <param name="x">Any shape.</param>
    /// <param name="key">Int64 [2], both in [0, 2^32), new in every step.</param>
    /// <param name="p">Probability in [0, 1).</param>
    /// <param name="site">Number of this place in the model, different for every dropout.</param>
    public static Value Dropout(this GraphBuilder g, Value x, Value key, float p, long site) => p == 0
        ? x
        : Fused(g, "Dropout", [x, key], AttributeList.Empty.With("p", p).With("site", site))[0];

    /// <summary>
    /// A linear layer, x · wᵀ + b, and the residual branch around it: x [T, K], w [N, K], b [N] or none, r [T, N] or
    /// none; gives [T, N].
    /// </summary>
    /// <param name="g">The builder.</param>
    /// <param name="x">The rows.</param>
    /// <param name="w">The weight.</param>
    /// <param name="b">The bias; null for none.</param>
    /// <param name="precision">What the operands of the product are rounded to, in its gradients too.</param>
    /// <param name="residual">What is added to the layer; null for nothing.</param>
    public static Value Linear(
        this GraphBuilder g, Value x, Value w, Value? b = null, ProductPrecision precision = default,
        Value? residual = null)
    {
        string suffix = Operands.Suffix(precision);
        return b is null
            ? Layer(g, "LinearWithoutBias" + suffix, [x, w], residual)
            : Layer(g, "Linear" + suffix, [x, w, b], residual);
    }

    /// <summary>
    /// GELU(x · w1ᵀ + b1) · w2ᵀ + b2: x [T, K], w1 [N, K], b1 [N], w2 [M, N], b2 [M] with N a multiple of 32; gives [T,
    /// M].
    /// </summary>
    /// <param name="g">The builder.</param>
    /// <param name="x">The rows.</param>
    /// <param name="w1">The first weight.</param>
    /// <param name="b1">The first bias.</param>
    /// <param name="w2">The second weight.</param>
    /// <param name="b2">The second bias.</param>
    /// <param name="isTanh">Whether GELU is its approximation by tanh.</param>
    /// <param name="precision">What the operands of the products are rounded to, in the gradients too.</param>
    public static Value FeedForward(
        this GraphBuilder g, Value x, Value w1, Value b1, Value w2, Value b2, bool isTanh = false,
        ProductPrecision precision = default) =>
        Fused(g, $"FeedForward{(isTanh ? "GeluTanh" : "Gelu")}{Operands.Suffix(precision)}", [x, w1, b1, w2, b2],
            AttributeList.Empty)[0];

    /// <summary>
    /// (act(left) · right) · w2ᵀ with the halves of x · w1ᵀ, and the residual branch around it: x [T, K], w1 [2N, K],
    /// w2 [M, N] with N a multiple of 32, r [T, M] or none; gives [T, M].
    /// </summary>
    /// <param name="g">The builder.</param>
    /// <param name="x">The rows.</param>
    /// <param name="w1">The first weight: N rows that make what is activated, and N that make what it is multiplied
    /// with.</param>
    /// <param name="w2">The second weight.</param>
    /// <param name="activation">Of the left half.</param>
    /// <param name="precision">What the operands of the products are rounded to, in the gradients too.</param>
    /// <param name="residual">What is added to the result; null for nothing.</param>
    public static Value GatedFeedForward(
        this GraphBuilder g, Value x, Value w1, Value w2, GateActivation activation,
        ProductPrecision precision = default, Value? residual = null) =>
        Layer(g, Operators.Fused.GatedFeedForward.Name(activation) + Operands.Suffix(precision), [x, w1, w2], residual);

    /// <summary>x Φ(x), by the error function.</summary>
    public static Value Gelu(this GraphBuilder g, Value x) => Fused(g, "Gelu", [x], AttributeList.Empty)[0];

    /// <summary>GELU by its tanh approximation.</summary>
    public static Value GeluTanh(this GraphBuilder g, Value x) => Fused(g, "GeluTanh", [x], AttributeList.Empty)[0];

    /// <summary>Normalizes the rows of x [N, H].</summary>
    public static Value LayerNorm(this GraphBuilder g, Value x, Value gamma, Value beta, float epsilon) =>
        Fused(g, "LayerNorm", [x, gamma, beta], AttributeList.Empty.With("epsilon", epsilon))[0];

    /// <summary>Divides the rows of x [N, H] by their root mean square.</summary>
    public static Value RmsNorm(this GraphBuilder g, Value x, Value gamma, float epsilon) =>
        Fused(g, "RmsNorm", [x, gamma], AttributeList.Empty.With("epsilon", epsilon))[0];

    /// <summary>
    /// LayerNorm(residual + dropout(x)) of rows [N, H]; see <see cref="Dropout"/> for key, p and site.
    /// </summary>
    public static Value DropoutAddLayerNorm(
        this GraphBuilder g, Value x, Value residual, Value gamma, Value beta, float epsilon,
        Value key, float p, long site) =>
        Fused(g, "DropoutAddLayerNorm", [x, residual, gamma, beta, key],
            AttributeList.Empty.With("epsilon", epsilon).With("p", p).With("site", site))[0];

    /// <summary>
    /// dropout(LayerNorm(z)), z [T, H] the sum of a row of each table, added from the first to the last; see
    /// <see cref="Dropout"/> for key, p and site.
    /// </summary>
    /// <param name="g">The builder.</param>
    /// <param name="tables">1 to <see cref="MostEmbeddings"/> tables [rows, H] with the rows that are picked, int64
    /// [T].</param>
    /// <param name="gamma">[H].</param>
    /// <param name="beta">[H].</param>
    /// <param name="epsilon">Added to variances.</param>
    /// <param name="key">Int64 [2].</param>
    /// <param name="p">Probability in [0, 1).</param>
    /// <param name="site">Number of this place in the model.</param>
    public static Value EmbeddingNorm(
        this GraphBuilder g, IReadOnlyList<(Value Table, Value Ids)> tables, Value gamma, Value beta, float epsilon,
        Value key, float p, long site) =>
        Fused(g, $"EmbeddingNorm{tables.Count}",
            [.. tables.Select(picked => picked.Table), .. tables.Select(picked => picked.Ids), gamma, beta, key],
            AttributeList.Empty.With("epsilon", epsilon).With("p", p).With("site", site))[0];

    /// <summary>
    /// Attention within sequences laid end to end: qkv [T, 3H], offsets int64 [B+1]; gives [T, H]. The mask says which
    /// tokens of its sequence each one sees; a window leaves only those that are at most as many tokens away. A
    /// relative bias [D, heads], D odd, is added to the scores by the distance from query to key, from -(D-1)/2 to
    /// (D-1)/2 and the ends beyond.
    /// See <see cref="Dropout"/> for key, p and site.
    /// </summary>
    public static Value PackedAttention(
        this GraphBuilder g, Value qkv, Value offsets, long heads, float scale, AttentionMask mask, Value key, float p,
        long site, Value? relative = null, int? window = null, ProductPrecision precision = default) =>
        Fused(g, (relative is null ? "PackedAttention" : "PackedBiasedAttention") + Operands.Suffix(precision),
            relative is null ? [qkv, offsets, key] : [qkv, offsets, key, relative],
            AttributeList.Empty.With("heads", heads).With("scale", scale).With("mask", (long)mask)
                .With("window", window ?? -1).With("p", p).With("site", site))[0];

    /// <summary>
    /// The same where groups of heads of queries share keys and values: qkv [T, (heads + 2 keyHeads) D], keyHeads a
    /// divisor of heads; gives [T, heads D].
    /// </summary>
    public static Value PackedSharedAttention(
        this GraphBuilder g, Value qkv, Value offsets, (long Queries, long Keys) heads, float scale,
        AttentionMask mask, Value key, float p, long site, int? window = null, ProductPrecision precision = default) =>
        Fused(g, "PackedSharedAttention" + Operands.Suffix(precision), [qkv, offsets, key],
            AttributeList.Empty.With("heads", heads.Queries).With("keyHeads", heads.Keys).With("scale", scale)
                .With("mask", (long)mask).With("window", window ?? -1).With("p", p).With("site", site))[0];

    /// <summary>
    /// Attention of the queries of each sequence to its keys, both laid end to end: q [Q, H], kv [T, 2H] (keys and
    /// values); gives [Q, H]. See <see cref="Dropout"/> for key, p and site.
    /// </summary>
    /// <param name="g">The builder.</param>
    /// <param name="q">Queries.</param>
    /// <param name="kv">Keys and values.</param>
    /// <param name="queryOffsets">Where the queries of each sequence start and the last ones end, int64 [B+1].</param>
    /// <param name="offsets">The same of its keys, int64 [B+1].</param>
    /// <param name="heads">A divisor of H.</param>
    /// <param name="scale">What scores are multiplied with, 1/√D as a rule.</param>
    /// <param name="key">Int64 [2].</param>
    /// <param name="p">Probability in [0, 1).</param>
    /// <param name="site">Number of this place in the model.</param>
    public static Value PackedCrossAttention(
        this GraphBuilder g, Value q, Value kv, Value queryOffsets, Value offsets, long heads, float scale, Value key,
        float p, long site) =>
        Fused(g, "PackedCrossAttention", [q, kv, queryOffsets, offsets, key],
            AttributeList.Empty.With("heads", heads).With("scale", scale).With("p", p).With("site", site))[0];

    /// <summary>
    /// Attention by content and by distance, within sequences laid end to end: qkv [T, 3H], relative [R, 2H] (queries
    /// and keys of relative positions), offsets int64 [B+1]; gives [T, H]. See <see cref="Dropout"/> for key, p and
    /// site.
    /// </summary>
    /// <param name="g">The builder.</param>
    /// <param name="qkv">Queries, keys and values.</param>
    /// <param name="relative">Queries and keys of relative positions.</param>
    /// <param name="buckets">The rows of those for the distances 1 - P to P - 1, int64 [2P - 1].</param>
    /// <param name="offsets">Where each sequence starts and the last one ends.</param>
    /// <param name="heads">A divisor of H.</param>
    /// <param name="scale">What scores are multiplied with, 1/√(3D) as a rule.</param>
    /// <param name="key">Int64 [2].</param>
    /// <param name="p">Probability in [0, 1).</param>
    /// <param name="site">Number of this place in the model.</param>
    public static Value DisentangledAttention(
        this GraphBuilder g, Value qkv, Value relative, Value buckets, Value offsets, long heads, float scale,
        Value key, float p, long site) =>
        Fused(g, "DisentangledAttention", [qkv, relative, buckets, offsets, key],
            AttributeList.Empty.With("heads", heads).With("scale", scale).With("p", p).With("site", site))[0];

    /// <summary>
    /// Rotary positions (Su et al., 2021) of the first <paramref name="heads"/> heads in the columns of x [T, C], each
    /// twice as wide as there are frequencies; columns after those stay as they are.
    /// </summary>
    /// <param name="g">The builder.</param>
    /// <param name="x">Float [T, C].</param>
    /// <param name="positions">Int64 [T].</param>
    /// <param name="frequencies">Angles from one position to the next, float [D / 2].</param>
    /// <param name="heads">1 or more.</param>
    public static Value Rotary(this GraphBuilder g, Value x, Value positions, Value frequencies, long heads) =>
        Fused(g, "Rotary", [x, positions, frequencies],
            AttributeList.Empty.With("heads", heads).With("direction", 1f))[0];

    /// <summary>
    /// Causal attention of the newest tokens of B texts to all so far: qkv [T, (heads + 2K) D], offsets int64 [B+1],
    /// cached int64 [B], keys and values [B, P, K, D]; gives [T, heads D], and the cache with the newest tokens in it.
    /// </summary>
    /// <param name="g">The builder.</param>
    /// <param name="qkv">Queries, keys and values of the newest tokens.</param>
    /// <param name="offsets">Where each text's newest tokens start and the last ones end.</param>
    /// <param name="cached">Tokens of each text that are in the cache.</param>
    /// <param name="cache">Keys and values of all tokens.</param>
    /// <param name="heads">Heads of queries, a multiple of K.</param>
    /// <param name="scale">What scores are multiplied with, 1/√D as a rule.</param>
    /// <param name="window">The most tokens from a query to a key that it sees; null for any number.</param>
    public static (Value Y, Value Keys, Value Values) CachedAttention(
        this GraphBuilder g, Value qkv, Value offsets, Value cached, (Value Keys, Value Values) cache, long heads,
        float scale, int? window = null) =>
        Fused(g, "CachedAttention", [qkv, offsets, cached, cache.Keys, cache.Values],
            AttributeList.Empty.With("heads", heads).With("scale", scale).With("window", window ?? -1))
            is [Value y, Value keys, Value values]
            ? (y, keys, values)
            : throw new InvalidOperationException("CachedAttention has three outputs.");

    /// <summary>
    /// The logarithm of a softmax over the rows of each sequence, column by column: x [T, K], offsets int64 [B+1];
    /// gives [T, K].
    /// </summary>
    public static Value PackedLogSoftmax(this GraphBuilder g, Value x, Value offsets) =>
        Fused(g, "PackedLogSoftmax", [x, offsets], AttributeList.Empty)[0];

    /// <summary>-Σ targets · log softmax(scale · x) of every row, [R].</summary>
    /// <param name="g">The builder.</param>
    /// <param name="x">Float [R, K], the only input that has a gradient.</param>
    /// <param name="targets">Float [R, K], of any sum per row.</param>
    /// <param name="scale">A float without axes, such as an inverse temperature.</param>
    public static Value SoftmaxCrossEntropy(this GraphBuilder g, Value x, Value targets, Value scale) =>
        Fused(g, "SoftmaxCrossEntropy", [x, targets, scale], AttributeList.Empty)[0];

    /// <summary>-label · log p_y - all · Σ log p_k of every row, p = softmax(scale · x); [R].</summary>
    /// <param name="g">The builder.</param>
    /// <param name="x">Float [R, K], the only input that has a gradient.</param>
    /// <param name="ids">y, int64 [R, 1], each from 0 to K - 1.</param>
    /// <param name="scale">A float without axes, such as an inverse temperature.</param>
    /// <param name="label">The share of the label, a float without axes.</param>
    /// <param name="all">The share of every class, a float without axes.</param>
    public static Value IdCrossEntropy(
        this GraphBuilder g, Value x, Value ids, Value scale, Value label, Value all) =>
        Fused(g, "IdCrossEntropy", [x, ids, scale, label, all], AttributeList.Empty)[0];

    /// <summary>
    /// Σ weights (-label · log p_y - all · Σ log p_k) over rows, p = softmax(scale · (x · wᵀ + b)), a number: a linear
    /// layer and <see cref="IdCrossEntropy"/> in one operator, which never has the logits of all rows.
    /// </summary>
    /// <param name="g">The builder.</param>
    /// <param name="layer">x [R, H], w [V, H], and b [V] or none, which have gradients.</param>
    /// <param name="ids">y, int64 [R, 1], each from 0 to V - 1.</param>
    /// <param name="weights">What each row counts, float [R].</param>
    /// <param name="scale">A float without axes, such as an inverse temperature.</param>
    /// <param name="label">The share of the label, a float without axes.</param>
    /// <param name="all">The share of every class, a float without axes.</param>
    /// <param name="isFrozen">Whether x alone has a gradient, as w and b stay as they are.</param>
    public static Value LinearCrossEntropy(
        this GraphBuilder g, LinearLayer layer, Value ids, Value weights, Value scale, Value label, Value all,
        bool isFrozen = false) =>
        Fused(g,
            Operators.Fused.LinearCrossEntropy.Name(layer.B is not null, isFrozen) + Operands.Suffix(layer.Precision),
            layer.B is { } b
                ? [layer.X, layer.W, b, ids, weights, scale, label, all]
                : [layer.X, layer.W, ids, weights, scale, label, all],
            AttributeList.Empty)[0];

    /// <summary>The sum of the rows of x [N, H], [H].</summary>
    public static Value ColumnSum(this GraphBuilder g, Value x) => Fused(g, "ColumnSum", [x], AttributeList.Empty)[0];

    /// <summary>Sums of the rows of x [T, H] that have one number, in their order: [N, H].</summary>
    /// <param name="g">The builder.</param>
    /// <param name="x">Float [T, H].</param>
    /// <param name="numbers">Int64 [T], each from 0 to N - 1.</param>
    /// <param name="sizes">N and H, int64 [2].</param>
    /// <param name="shape">The same, as far as they are known.</param>
    public static Value RowSums(this GraphBuilder g, Value x, Value numbers, Value sizes, Shape shape) =>
        GatherGrad(g, x, numbers, sizes, shape);

    /// <summary>The gradient of having picked rows <paramref name="indices"/> of a matrix of the given shape.</summary>
    internal static Value GatherGrad(this GraphBuilder g, Value dy, Value indices, Value sizes, Shape shape) =>
        g.Assume(Fused(g, "GatherGrad", [dy, indices, sizes], AttributeList.Empty)[0], shape);

    private static Value Layer(GraphBuilder g, string type, Value[] inputs, Value? residual) =>
        residual is null
            ? Fused(g, type, inputs, AttributeList.Empty)[0]
            : Fused(g, Residual.Named(type), [.. inputs, residual], AttributeList.Empty)[0];

    private static IReadOnlyList<Value> Fused(GraphBuilder g, string type, Value[] inputs, AttributeList attributes) =>
        g.NodeOutputs(FunctionDefinition.Domain, type, inputs, attributes);
}
