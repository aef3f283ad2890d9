using OrtTrainer.Graph;
using OrtTrainer.Runtime;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Methods;

/// <summary>For every row of a batch whose examples run twice, the row of the other pass.</summary>
internal sealed class PartnerRows : LossInput
{
    private const string Name = "partners";

    private long[] _partners = [];

    internal override void Fill(BatchRows rows)
    {
        if (_partners.Length != rows.Count)
        {
            _partners = new long[rows.Count];
        }

        for (int row = 0; row < rows.Count; row++)
        {
            _partners[row] = (row + (rows.Count / 2)) % rows.Count;
        }
    }

    internal override void Bind(Binding binding) => binding.SetInput(Name, _partners, [_partners.Length]);

    /// <summary>The rows in a graph, int64 [R].</summary>
    internal Value In(LossGraph g) => g.Builder.Input(Name, g.RowType(ElementType.Int64));
}
