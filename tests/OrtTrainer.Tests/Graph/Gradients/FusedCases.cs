using OrtTrainer.Graph;
using OrtTrainer.Graph.Functions;
using OrtTrainer.Graph.Operators.Fused;
using OrtTrainer.Tests.Runtime.Products;

namespace OrtTrainer.Tests.Graph.Gradients;

internal static class FusedCases
{
    private static readonly float[] Probabilities = [0, 0.4f];

    public static IEnumerable<GradientCase> All => Cases.Select(c => c with { Domain = FunctionDefinition.Domain });

    private static IEnumerable<GradientCase> Cases =>
    [
        .. Precisions.OfProcessors.Append(Precision.Fp16).SelectMany(OfProducts),
        new("Dropout", "", c => c.Graph.Dropout(c.Parameter("x", [5, 4]), Key(c), 0.4f, 3)),
        new("Dropout", "named sizes", c => c.Graph.Dropout(
            c.Parameter("x", [5, 4], declared: new("n", "m")), Key(c), 0.4f, 3)),
        new("Gelu", "", c => c.Graph.Gelu(c.Parameter("x", [3, 5], -3, 3))),
        new("GeluTanh", "", c => c.Graph.GeluTanh(c.Parameter("x", [3, 5], -3, 3))),
        new("LayerNorm", "", c => c.Graph.LayerNorm(
            c.Parameter("x", [3, 5], -2, 2), c.Parameter("gamma", [5]), c.Parameter("beta", [5]), 1e-5f)),
        new("LayerNorm", "used twice", c =>
        {
            Value x = c.Parameter("x", [3, 5], -2, 2, new("tokens", 5));
            Value y = c.Graph.LayerNorm(x, c.Parameter("gamma", [5]), c.Parameter("beta", [5]), 1e-2f);
            return c.Graph.Mul(c.Graph.Add(y, x), c.Graph.Tanh(x));
        }),
        new("LayerNorm", "named rows", c => c.Graph.LayerNorm(
            c.Parameter("x", [3, 5], -2, 2, new("tokens", 5)), c.Parameter("gamma", [5]), c.Parameter("beta", [5]),
            1e-2f)),
        new("RmsNorm", "", c => c.Graph.RmsNorm(
            c.Parameter("x", [3, 5], -2, 2), c.Parameter("gamma", [5]), 1e-5f)),
        new("RmsNorm", "named rows", c => c.Graph.RmsNorm(
            c.Parameter("x", [3, 5], -2, 2, new("tokens", 5)), c.Parameter("gamma", [5]), 1e-2f)),
        .. from p in Probabilities
           select new GradientCase("DropoutAddLayerNorm", $"p {p}", c => AddNorm(c, p)[0]),
        .. from p in Probabilities
           select new GradientCase("DropoutAddLayerNorm", $"p {p}, the sum used too", c =>
               AddNorm(c, p).Take(2).ToArray()),
        .. from p in Probabilities
           from tables in Enumerable.Range(1, FusedOperations.MostEmbeddings)
           select new GradientCase($"EmbeddingNorm{tables}", $"p {p}", c => c.Graph.EmbeddingNorm(
               [
                   .. Enumerable.Range(0, tables).Select(i => (
                       c.Parameter($"table{i}", [i + 3, 5], -2, 2),
                       c.Integers($"ids{i}", [2, 0, 2, i], declared: new("tokens")))),
               ],
               c.Parameter("gamma", [5]), c.Parameter("beta", [5]), 1e-2f, Key(c), p, 2)),
        .. from p in Probabilities
           from offsets in new long[][] { [0, 5], [0, 1, 5], [0, 2, 3, 5], [0, 1, 2, 3, 4, 5] }
           from mask in Enum.GetValues<AttentionMask>()
           let variant = $"{mask}, p {p}, offsets {string.Join(" ", offsets)}"
           select new GradientCase("PackedAttention", variant, c => c.Graph.PackedAttention(
               c.Parameter("qkv", [5, 12], -1.5f, 1.5f, new("tokens", 12)),
               c.Integers("offsets", offsets, declared: new("bounds")), 2, 0.7f, mask, Key(c), p, 5)),
        .. from p in Probabilities
           from mask in Enum.GetValues<AttentionMask>()
           from distances in new[] { 3, 11 }
           select new GradientCase("PackedBiasedAttention", $"{mask}, p {p}, {distances} distances", c =>
               c.Graph.PackedAttention(
                   c.Parameter("qkv", [5, 12], -1.5f, 1.5f, new("tokens", 12)),
                   c.Integers("offsets", [0, 1, 5], declared: new("bounds")), 2, 0.7f, mask, Key(c), p, 5,
                   c.Parameter("relative", [distances, 2]))),
        .. from p in Probabilities
           from mask in Enum.GetValues<AttentionMask>()
           from keyHeads in new[] { 1, 2 }
           select new GradientCase("PackedSharedAttention", $"{mask}, p {p}, {keyHeads} heads of keys", c =>
               c.Graph.PackedSharedAttention(
                   c.Parameter("qkv", [5, 4 + (2 * keyHeads)], -1.5f, 1.5f, new("tokens", 4 + (2 * keyHeads))),
                   c.Integers("offsets", [0, 1, 5], declared: new("bounds")), (4, keyHeads), 0.7f, mask, Key(c), p, 5)),
        .. from p in Probabilities
           from queries in new long[][] { [0, 1, 2], [0, 0, 3], [0, 1, 4] }
           select new GradientCase("PackedCrossAttention", $"p {p}, queries {string.Join(" ", queries)}", c =>
               c.Graph.PackedCrossAttention(
                   c.Parameter("q", [queries[^1], 4], -1.5f, 1.5f, new("queries", 4)),
                   c.Parameter("kv", [5, 8], -1.5f, 1.5f, new("tokens", 8)),
                   c.Integers("query_offsets", queries, declared: new("bounds")),
                   c.Integers("offsets", [0, 1, 5], declared: new("bounds")), 2, 0.7f, Key(c), p, 5)),
        .. from offsets in new long[][] { [0, 5], [0, 1, 5], [0, 2, 3, 5], [0, 0, 2, 5] }
           select new GradientCase("PackedLogSoftmax", $"offsets {string.Join(" ", offsets)}", c =>
               c.Graph.PackedLogSoftmax(
                   c.Parameter("x", [5, 2], -2, 2, new("tokens", 2)),
                   c.Integers("offsets", offsets, declared: new("bounds")))),
        new("SoftmaxCrossEntropy", "", c => c.Graph.SoftmaxCrossEntropy(
            c.Parameter("x", [4, 5], -2, 2, new("rows", 5)), Held(c, "targets", 4, 5), c.Graph.Constant(0.7f))),
        new("IdCrossEntropy", "", c => c.Graph.IdCrossEntropy(
            c.Parameter("x", [4, 5], -2, 2, new("rows", 5)), c.Integers("ids", [4, 0, 2, 2], [4, 1], new("rows", 1)),
            c.Graph.Constant(1.5f), c.Graph.Constant(0.8f), c.Graph.Constant(0.05f))),
        .. from window in new[] { 0, 1, 3 }
           from mask in Enum.GetValues<AttentionMask>()
           select new GradientCase("PackedAttention", $"{mask}, window {window}", c => c.Graph.PackedAttention(
               c.Parameter("qkv", [5, 12], -1.5f, 1.5f, new("tokens", 12)),
               c.Integers("offsets", [0, 1, 5], declared: new("bounds")), 2, 0.7f, mask, Key(c), 0, 5, null, window)),
        .. from p in Probabilities
           select new GradientCase("DisentangledAttention", $"p {p}", c => c.Graph.DisentangledAttention(
               c.Parameter("qkv", [5, 12], -1.5f, 1.5f, new("tokens", 12)), c.Parameter("relative", [4, 8]),
               c.Integers("buckets", [0, 0, 1, 2, 3]), c.Integers("offsets", [0, 1, 5], declared: new("bounds")), 2,
               0.6f, Key(c), p, 5)),
        new("Rotary", "", c => c.Graph.Rotary(
            c.Parameter("x", [3, 10], declared: new("tokens", 10)),
            c.Integers("positions", [0, 2, 9], declared: new("tokens")),
            c.Graph.Initializer(TensorContent.Float("frequencies", [2], [1, 0.3f])), 2)),
        new("ColumnSum", "", c => c.Graph.ColumnSum(c.Parameter("x", [4, 3], declared: new("n", 3)))),
        new("GatherGrad", "", c => c.Graph.NodeOutputs(FunctionDefinition.Domain, "GatherGrad",
            [c.Parameter("dy", [4, 3]), c.Integers("indices", [1, 0, 1, 4]), c.Graph.Constant([5, 3])])[0]),
    ];

    // Operands of 8 bits are off by 2^-9 of themselves, products of two by 2^-8; the sums here are of few, and within
    // four times that.
    private static IEnumerable<GradientCase> OfProducts(Precision precision)
    {
        string suffix = Operands.Suffix(precision);
        Value Smooth(CaseInputs c, Func<Precision, Value> build)
        {
            c.Smooth = precision == Precision.Fp32 ? null : [build(Precision.Fp32)];
            return build(precision);
        }

        Value Linear(CaseInputs c, bool hasBias, bool hasResidual = false)
        {
            Value x = c.Parameter("x", [5, 3], declared: new("tokens", 3)), w = c.Parameter("w", [4, 3]);
            Value? b = hasBias ? c.Parameter("b", [4]) : null, r = hasResidual ? Branch(c) : null;
            return Smooth(c, p => c.Graph.Linear(x, w, b, p, r));
        }

        Value Branch(CaseInputs c) => c.Parameter("r", [5, 4], declared: new("tokens", 4));

        // What is no parameter is a list that the graph holds, whose gradient nobody asks for.
        Value LinearInOne(CaseInputs c, bool inWeights)
        {
            Value Held(string name, int rows) => c.Graph.Initializer(TensorContent.Float(
                name, [rows, 3], [.. Enumerable.Range(0, 3 * rows).Select(i => MathF.Sin(i + 1))]));
            Value x = inWeights ? Held("x", 5) : c.Parameter("x", [5, 3]);
            Value w = inWeights ? c.Parameter("w", [4, 3]) : Held("w", 4);
            Value? b = inWeights ? c.Parameter("b", [4]) : null;
            return Smooth(c, p => c.Graph.Linear(x, w, b, p));
        }

        Value FeedForward(CaseInputs c, bool isTanh)
        {
            Value x = c.Parameter("x", [5, 3], declared: new("tokens", 3));
            Value w1 = c.Parameter("w1", [32, 3]), b1 = c.Parameter("b1", [32]);
            Value w2 = c.Parameter("w2", [4, 32]), b2 = c.Parameter("b2", [4]);
            return Smooth(c, p => c.Graph.FeedForward(x, w1, b1, w2, b2, isTanh, p));
        }

        Value Gated(CaseInputs c, GateActivation activation, bool hasResidual = false)
        {
            Value x = c.Parameter("x", [5, 3], declared: new("tokens", 3));
            Value w1 = c.Parameter("w1", [64, 3]), w2 = c.Parameter("w2", [4, 32]);
            Value? r = hasResidual ? Branch(c) : null;
            return Smooth(c, p => c.Graph.GatedFeedForward(x, w1, w2, activation, p, r));
        }

        // x is what the layer takes and what is added to it, and goes on to others: three gradients of it add up, of
        // which the layer's rule takes in two.
        Value UsedTwice(CaseInputs c, Func<Value, Precision, Value> layer)
        {
            Value x = c.Parameter("x", [5, 4], declared: new("tokens", 4));
            return Smooth(c, p =>
            {
                Value y = layer(x, p);
                return c.Graph.Mul(c.Graph.Add(y, x), c.Graph.Tanh(x));
            });
        }

        Value Attention(CaseInputs c, float p, bool isBiased)
        {
            Value qkv = c.Parameter("qkv", [5, 12], -1, 1, new("tokens", 12));
            Value offsets = c.Integers("offsets", [0, 1, 5], declared: new("bounds")), key = Key(c);
            Value? relative = isBiased ? c.Parameter("relative", [3, 2]) : null;
            return Smooth(c, operands => c.Graph.PackedAttention(
                qkv, offsets, 2, 0.7f, AttentionMask.Bidirectional, key, p, 5, relative, precision: operands));
        }

        Value SharedAttention(CaseInputs c)
        {
            Value qkv = c.Parameter("qkv", [5, 8], -1, 1, new("tokens", 8));
            Value offsets = c.Integers("offsets", [0, 1, 5], declared: new("bounds")), key = Key(c);
            return Smooth(c, operands => c.Graph.PackedSharedAttention(
                qkv, offsets, (4, 2), 0.7f, AttentionMask.Causal, key, 0.3f, 5, precision: operands));
        }

        Value CrossEntropy(CaseInputs c, bool hasBias, bool hasFactor, bool isFrozen)
        {
            Value x = c.Parameter("x", [5, 3], -1, 1, new("rows", 3));
            Value w = Layer("w", [4, 3]);
            Value? b = hasBias ? Layer("b", [4]) : null;
            Value Layer(string name, long[] shape) => !isFrozen
                ? c.Parameter(name, shape)
                : c.Graph.Initializer(TensorContent.Float(name, shape,
                    [.. Enumerable.Range(0, (int)shape.Aggregate((n, size) => n * size))
                        .Select(i => (i * 5 % 7 / 4f) - 0.8f)]));
            Value ids = c.Integers("ids", [3, 0, 2, 2, 1], [5, 1], new("rows", 1));
            Value weights = c.Graph.Assume(c.Graph.Initializer(
                TensorContent.Float("weights", [5], [0.5f, 0, 1.5f, 0.25f, 0.75f])), new("rows"));
            return Smooth(c, p =>
            {
                Value loss = c.Graph.LinearCrossEntropy(
                    new(x, w, b, p), ids, weights, c.Graph.Constant(1.5f), c.Graph.Constant(0.8f),
                    c.Graph.Constant(0.05f), isFrozen);
                return hasFactor ? c.Graph.Mul(loss, loss) : loss;
            });
        }

        GradientCase[] cases =
        [
            .. from hasBias in new[] { true, false }
               from hasFactor in new[] { true, false }
               from isFrozen in new[] { true, false }
               select new GradientCase(
                   $"{(isFrozen ? "Frozen" : "")}LinearCrossEntropy{(hasBias ? "" : "WithoutBias")}{suffix}",
                   hasFactor ? "squared" : "", c => CrossEntropy(c, hasBias, hasFactor, isFrozen)),
            new("Linear" + suffix, "", c => Linear(c, hasBias: true)),
            new("LinearWithoutBias" + suffix, "", c => Linear(c, hasBias: false)),
            new("Linear" + suffix, "in weight and bias alone", c => LinearInOne(c, inWeights: true)),
            new("LinearWithoutBias" + suffix, "in x alone", c => LinearInOne(c, inWeights: false)),
            new("FeedForwardGelu" + suffix, "", c => FeedForward(c, isTanh: false)),
            new("FeedForwardGeluTanh" + suffix, "", c => FeedForward(c, isTanh: true)),
            .. from activation in Enum.GetValues<GateActivation>()
               select new GradientCase($"FeedForwardGlu{activation}{suffix}", "", c => Gated(c, activation)),
            new("PackedSharedAttention" + suffix, "", SharedAttention),
            new("ResidualLinear" + suffix, "", c => Linear(c, hasBias: true, hasResidual: true)),
            new("ResidualLinearWithoutBias" + suffix, "", c => Linear(c, hasBias: false, hasResidual: true)),
            .. from activation in Enum.GetValues<GateActivation>()
               select new GradientCase(
                   $"ResidualFeedForwardGlu{activation}{suffix}", "", c => Gated(c, activation, hasResidual: true)),
            .. from hasBias in new[] { true, false }
               select new GradientCase($"Linear{(hasBias ? "" : "WithoutBias")}{suffix}", "used twice", c =>
               {
                   Value w = c.Parameter("w", [4, 4]);
                   Value? b = hasBias ? c.Parameter("b", [4]) : null;
                   return UsedTwice(c, (x, p) => c.Graph.Linear(x, w, b, p));
               }),
            new("LinearWithoutBias" + suffix, "used twice, in x alone", c => UsedTwice(c, (x, p) => c.Graph.Linear(
                x, c.Graph.Initializer(TensorContent.Float(
                    $"w{p}", [4, 4], [.. Enumerable.Range(0, 16).Select(i => MathF.Sin(i + 1))])), null, p))),
            new("ResidualLinear" + suffix, "used twice, of itself", c =>
            {
                Value w = c.Parameter("w", [4, 4]), b = c.Parameter("b", [4]);
                return UsedTwice(c, (x, p) => c.Graph.Linear(x, w, b, p, residual: x));
            }),
            .. from isTanh in new[] { true, false }
               select new GradientCase($"FeedForwardGelu{(isTanh ? "Tanh" : "")}{suffix}", "used twice", c =>
               {
                   Value w1 = c.Parameter("w1", [32, 4]), b1 = c.Parameter("b1", [32]);
                   Value w2 = c.Parameter("w2", [4, 32]), b2 = c.Parameter("b2", [4]);
                   return UsedTwice(c, (x, p) => c.Graph.FeedForward(x, w1, b1, w2, b2, isTanh, p));
               }),
            .. from activation in Enum.GetValues<GateActivation>()
               select new GradientCase($"FeedForwardGlu{activation}{suffix}", "used twice", c =>
               {
                   Value w1 = c.Parameter("w1", [64, 4]), w2 = c.Parameter("w2", [4, 32]);
                   return UsedTwice(c, (x, p) => c.Graph.GatedFeedForward(x, w1, w2, activation, p));
               }),
            .. from p in Probabilities
               select new GradientCase("PackedAttention" + suffix, $"p {p}", c => Attention(c, p, isBiased: false)),
            .. from p in Probabilities
               select new GradientCase(
                   "PackedBiasedAttention" + suffix, $"p {p}", c => Attention(c, p, isBiased: true)),
        ];
        return precision == Precision.Fp32 ? cases : cases.Select(c => c with { Tolerance = 1.0 / 64 });
    }

    private static IReadOnlyList<Value> AddNorm(CaseInputs c, float p) => c.Graph.NodeOutputs(
        FunctionDefinition.Domain, "DropoutAddLayerNorm",
        [
            c.Parameter("x", [4, 5], -2, 2, new("tokens", 5)), c.Parameter("residual", [4, 5], -2, 2, new("tokens", 5)),
            c.Parameter("gamma", [5]), c.Parameter("beta", [5]), Key(c),
        ],
        AttributeList.Empty.With("epsilon", 1e-3f).With("p", p).With("site", 2));

    private static Value Held(CaseInputs c, string name, int rows, int columns) =>
        c.Graph.Assume(
            c.Graph.Initializer(TensorContent.Float(
                name, [rows, columns], [.. Enumerable.Range(0, rows * columns).Select(i => MathF.Sin(i + 1))])),
            new("rows", columns));

    private static Value Key(CaseInputs c) => c.Integers("key", [123456789, 4000000000]);
}
