using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Distributed;
using OrtTrainer.Runtime.Updates;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Distributed;

/// <summary>
/// The gradients of a step whose passes are dealt out to ranks, the first pass to the first rank. Every rank gets its
/// part of the gradients of every pass and adds them in the order of the passes, so that the sums have the bits of one
/// process that runs all passes, on any number of ranks.
/// </summary>
internal sealed class RankGradients : IGradientSource
{
    // Four parts of the loss, and the tokens.
    private const int FactsOfPass = 5;

    private readonly BatchPasses _passes;
    private readonly RankGroup _ranks;
    private readonly IReadOnlyList<RankPart> _parts;
    private readonly PartSums _sums;
    private readonly double[] _facts;

    /// <param name="passes">Runs passes; disposed with this.</param>
    /// <param name="layout">The layout of the weights.</param>
    /// <param name="device">Where they lie.</param>
    /// <param name="ranks">The ranks; not disposed here.</param>
    /// <param name="parts">Which part of the weights each rank updates.</param>
    public RankGradients(
        BatchPasses passes, WeightLayout layout, Device device, RankGroup ranks, IReadOnlyList<RankPart> parts)
    {
        (_passes, _ranks, _parts) = (passes, ranks, parts);
        _sums = new PartSums(layout, device, ranks, parts);
        _facts = new double[FactsOfPass * ranks.Count];
    }

    /// <summary>Whether <see cref="Values"/> are wanted whole on every rank, not this rank's part alone: because a
    /// method looks at all of them, or the optimizer updates whole buffers.</summary>
    public bool IsWhole { get; set; }

    /// <inheritdoc/>
    public WeightBuffer Values => _sums.Values;

    /// <inheritdoc/>
    public BlockMap Written => _sums.Written;

    /// <inheritdoc/>
    public (LossParts Loss, int Tokens) Run(
        IReadOnlyList<TokenizedExample> examples, ReadOnlySpan<int> indices, long step)
    {
        _passes.Begin(examples, indices, step);
        LossParts loss = default;
        int tokens = 0;
        for (int first = 0; first < _passes.Count; first += _ranks.Count)
        {
            int running = Math.Min(_ranks.Count, _passes.Count - first);
            (LossParts Loss, int Tokens) own = _ranks.Rank < running ? _passes.Run(first + _ranks.Rank) : default;
            _ranks.Gather(
                [own.Loss.Labels, own.Loss.Teacher, own.Loss.Penalty, own.Loss.Intermediate, own.Tokens], _facts);
            for (int rank = 0; rank < running; rank++)
            {
                ReadOnlySpan<double> facts = _facts.AsSpan(rank * FactsOfPass, FactsOfPass);
                loss += new LossParts((float)facts[0], (float)facts[1], (float)facts[2], (float)facts[3]);
                tokens += (int)facts[4];
            }

            _sums.Add(_passes.Gradients, _passes.Written, running, replaces: first == 0);
        }

        if (IsWhole)
        {
            _ranks.Spread(_sums.Values, _parts);
        }

        return (loss, tokens);
    }

    public void Dispose()
    {
        _passes.Dispose();
        _sums.Dispose();
    }
}
