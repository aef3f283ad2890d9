namespace OrtTrainer.Tests.Runtime.Kernels;

/// <summary>The kernels that work row by row, over rows and columns around every boundary of their loops.</summary>
public sealed class RowKernelGridTests
{
    private static readonly int[] Rows = [0, 1, 3, 63, 64, 65, 129];
    private static readonly int[] Columns = [1, 3, 15, 16, 17, 31, 32, 33, 47, 48, 49, 100, 1023];

    [TestCaseSource(nameof(Columns))]
    public void Layer_normalisation_and_its_gradient(int columns)
    {
        foreach (int rows in Rows)
        {
            KernelCase size = new(rows, 1, columns, 0);
            KernelRun run = size.Run("LayerNorm");
            float[][] forward = run.Outputs(3);
            var (y, mean, invstd) = Reference.LayerNorm(
                Doubles(run, 0), run.Inputs[1].Floats!, run.Inputs[2].Floats!, rows, columns, 1e-5f);
            Expect.Close(forward[0], y, Tolerance(columns), $"y of {size}");
            Expect.Close(forward[1], mean, 1e-6, $"mean of {size}");
            Expect.Close(forward[2], invstd, 1e-6, $"invstd of {size}");

            // The reference sums over the whole Jacobian of a row.
            if ((long)rows * columns * columns > 5_000_000)
            {
                continue;
            }

            run = size.Run("LayerNormGrad");
            Expect.Close(run.Outputs(3), Gradients(run, rows, columns), 2e-6, $"gradients of {size}");
        }
    }

    [TestCaseSource(nameof(Columns))]
    public void Dropout_residual_and_layer_normalisation_in_one(int columns)
    {
        foreach ((int rows, float p) in new[] { (3, 0.1f), (columns > 500 ? 4 : 65, 0.5f) })
        {
            KernelCase size = new(rows, 1, columns, p);
            KernelRun run = size.Run("DropoutAddLayerNorm");
            double[] z = [.. Doubles(run, 0).Select(
                (x, i) => run.Inputs[1].Floats![i] + (x * Reference.DropoutFactor(p, 9, KernelCase.Key, (uint)i)))];
            var (y, mean, invstd) = Reference.LayerNorm(
                z, run.Inputs[2].Floats!, run.Inputs[3].Floats!, rows, columns, 1e-5f);
            Expect.Close(run.Outputs(4), [y, z, mean, invstd], Tolerance(columns), $"{size}");

            run = size.Run("DropoutAddLayerNormGrad");
            double[][] expected = Gradients(run, rows, columns);
            double[] dx =
                [.. expected[0].Select((v, i) => v * Reference.DropoutFactor(p, 9, KernelCase.Key, (uint)i))];
            Expect.Close(run.Outputs(4), [dx, .. expected], 2e-6, $"gradients of {size}");
        }
    }

    [TestCaseSource(nameof(Columns))]
    public void Rows_of_tables_in_one_have_the_bits_of_one_operator_after_the_other(int columns)
    {
        foreach ((int rows, float p) in new[] { (65, 0f), (3, 0.1f), (129, 0.5f) })
        {
            KernelCase size = new(rows, 1, columns, p);
            for (int tables = 1; tables <= 4; tables++)
            {
                KernelRun run = size.Run($"EmbeddingNorm{tables}");
                float[] z = Picked(run, 0, tables);
                for (int i = 1; i < tables; i++)
                {
                    z = [.. z.Zip(Picked(run, i, tables), (a, b) => a + b)];
                }

                float[][] normed = new KernelRun("LayerNorm", ("epsilon", 1e-5f)).With(z, rows, columns)
                    .With(run.Inputs[2 * tables].Floats!, columns).With(run.Inputs[(2 * tables) + 1].Floats!, columns)
                    .Outputs(3);
                Assert.That(
                    run.Outputs(4), Is.EqualTo(new[] { Dropped(normed[0], size), z, normed[1], normed[2] }), $"{size}");
            }

            KernelRun gradient = size.Run("EmbeddingNormGrad");
            KernelRun parts = new KernelRun("LayerNormGrad")
                .With(Dropped(gradient.Inputs[0].Floats!, size), rows, columns);
            foreach ((long[] shape, float[]? floats, _) in gradient.Inputs.Skip(1).SkipLast(1))
            {
                parts.With(floats!, shape);
            }

            Assert.That(gradient.Outputs(3), Is.EqualTo(parts.Outputs(3)), $"gradients of {size}");
        }
    }

    [TestCaseSource(nameof(Columns))]
    public void Sums_of_columns_and_of_gathered_rows(int columns)
    {
        foreach (int rows in Rows)
        {
            KernelCase size = new(rows, 1, columns, 0);
            float[] x = size.Matrix(1), dy = size.Matrix(2);
            double[] sums = new double[columns], table = new double[KernelCase.TableRows * columns];
            for (int i = 0; i < x.Length; i++)
            {
                (int row, int column) = (i / columns, i % columns);
                sums[column] += x[i];
                table[(row * row % 11 * columns) + column] += dy[i];
            }

            Expect.Close(size.Run("ColumnSum").Single(), sums, 1e-6, $"column sums of {size}");
            Expect.Close(size.Run("GatherGrad").Single(), table, 1e-6, $"gathered rows of {size}");
        }
    }

    [Test]
    public void A_matrix_without_columns_has_results_without_elements(
        [Values("ColumnSum", "LayerNorm", "LayerNormGrad", "DropoutAddLayerNorm", "DropoutAddLayerNormGrad",
            "EmbeddingNorm3", "EmbeddingNormGrad", "GatherGrad", "Gelu", "Dropout")] string op)
    {
        KernelCase size = new(3, 1, 0, 0.1f);

        float[][] outputs = size.Run(op).Outputs(KernelCase.Outputs[op]);

        Assert.That(
            outputs.Select(o => (long)o.Length),
            Is.EqualTo(size.OutputShapes(op).Select(shape => shape.Aggregate(1L, (a, b) => a * b))));
    }

    private static float[] Picked(KernelRun run, int table, int tables)
    {
        (long[] shape, float[]? rows, _) = run.Inputs[table];
        return [.. run.Inputs[tables + table].Int64s!.SelectMany(id =>
            rows.AsSpan((int)(id * shape[1]), (int)shape[1]).ToArray())];
    }

    private static float[] Dropped(float[] x, KernelCase size) => new KernelRun("Dropout", ("p", size.P), ("site", 9))
        .With(x, size.Rows, size.Columns).With(KernelCase.Key, 2).Single();

    // A row of one or two elements may be constant up to rounding: then 1/√epsilon, 316, magnifies the rounding.
    private static double Tolerance(int columns) => columns < 4 ? 1e-4 : 2e-6;

    private static double[] Doubles(KernelRun run, int input) => [.. run.Inputs[input].Floats!];

    private static double[][] Gradients(KernelRun run, int rows, int columns)
    {
        float[] Input(int i) => run.Inputs[i].Floats!;
        var (dz, dgamma, dbeta) = Reference.LayerNormGrad(
            Input(0), Input(1), Input(2), Input(3), Input(4), rows, columns);
        return [dz, dgamma, dbeta];
    }
}
