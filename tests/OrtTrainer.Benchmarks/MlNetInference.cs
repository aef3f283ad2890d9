using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Onnx;
using OrtTrainer.Models;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Benchmarks;

/// <summary>
/// The padded export as ML.NET scores it. Its transformer takes inputs of one shape, which is given when it is made, so
/// that every batch is padded to the longest text of the data, and to all of its rows. A batch is one row of its data
/// view.
/// </summary>
internal sealed class MlNetInference : IInferenceWay
{
    private readonly MLContext _context = new();
    private readonly OnnxTransformer _transformer;
    private readonly SchemaDefinition _schema;
    private readonly string _file = Path.Combine(Path.GetTempPath(), $"orttrainer-{Guid.NewGuid():N}.onnx");
    private readonly int _width;
    private readonly int _size;

    /// <param name="model">The export, which ML.NET reads from a file.</param>
    /// <param name="inputs">Those of its inputs that the export has.</param>
    /// <param name="batchSize">Rows of a batch.</param>
    /// <param name="width">Tokens of a row.</param>
    /// <param name="threads">Threads of its operators.</param>
    public MlNetInference(byte[] model, string[] inputs, int batchSize, int width, int threads)
    {
        File.WriteAllBytes(_file, model);
        (_width, _size) = (width, batchSize * width);
        _schema = SchemaDefinition.Create(typeof(Batch));
        foreach (SchemaDefinition.Column column in _schema)
        {
            column.ColumnType = new VectorDataViewType(NumberDataViewType.Int64, _size);
        }

        _transformer = _context.Transforms.ApplyOnnxModel(new OnnxOptions
        {
            ModelFile = _file,
            InputColumns = inputs,
            OutputColumns = [PaddedInputs.Logits],
            ShapeDictionary = inputs.ToDictionary(input => input, _ => new[] { batchSize, width }),
            IntraOpNumThreads = threads,
        }).Fit(View([]));
    }

    public string Name => "padded export, ML.NET, one shape";

    public float[] Run(IReadOnlyList<TokenizedExample> batch)
    {
        Batch rows = new(_size);
        for (int row = 0; row < batch.Count; row++)
        {
            TokenizedExample example = batch[row];
            for (int i = 0, at = row * _width; i < example.InputIds.Length; i++, at++)
            {
                rows.InputIds[at] = example.InputIds[i];
                rows.AttentionMask[at] = 1;
                rows.TokenTypeIds[at] = example.TokenTypeIds[i];
            }
        }

        return _transformer.Transform(View([rows])).GetColumn<float[]>(PaddedInputs.Logits).Single();
    }

    public void Dispose()
    {
        _transformer.Dispose();
        File.Delete(_file);
    }

    private IDataView View(Batch[] rows) => _context.Data.LoadFromEnumerable(rows, _schema);

    /// <summary>A row of the data view: a batch's inputs, [B * S] each.</summary>
    private sealed class Batch(int size)
    {
        public Batch()
            : this(0)
        {
        }

        [ColumnName(PaddedInputs.InputIds)]
        public long[] InputIds { get; set; } = new long[size];

        [ColumnName(PaddedInputs.AttentionMask)]
        public long[] AttentionMask { get; set; } = new long[size];

        [ColumnName(PaddedInputs.TokenTypeIds)]
        public long[] TokenTypeIds { get; set; } = new long[size];
    }
}
