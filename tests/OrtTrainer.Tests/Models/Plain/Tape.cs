namespace OrtTrainer.Tests.Models.Plain;

/// <summary>
/// Reverse-mode differentiation in float64, one element at a time. Every operation says what an element of its output
/// is and, beside it, what that element's gradient <c>dy</c> adds to the gradients of its inputs; nothing is fused,
/// packed or vectorized.
/// </summary>
internal sealed class Tape
{
    private readonly Stack<Action> _backward = new();

    /// <summary>Carries gradients from outputs to inputs, in the reverse of the order of computation.</summary>
    public void Backward()
    {
        while (_backward.TryPop(out Action? step))
        {
            step();
        }
    }

    /// <summary>y[r] = table[ids[r]].</summary>
    public Tensor Rows(Tensor table, IReadOnlyList<int> ids) => Record(
        ids.Count, table.Columns,
        (r, c) => table.Value[ids[r], c],
        (r, c, dy) => table.Gradient[ids[r], c] += dy);

    /// <summary>y[c] = x[first + c], c below count, of every row.</summary>
    public Tensor Columns(Tensor x, int first, int count) => Record(
        x.Rows, count,
        (r, c) => x.Value[r, first + c],
        (r, c, dy) => x.Gradient[r, first + c] += dy);

    /// <summary>Tensors of one width beside each other.</summary>
    public Tensor Beside(IReadOnlyList<Tensor> parts)
    {
        int width = parts[0].Columns;
        return Record(
            parts[0].Rows, parts.Count * width,
            (r, c) => parts[c / width].Value[r, c % width],
            (r, c, dy) => parts[c / width].Gradient[r, c % width] += dy);
    }

    /// <summary>Tensors of one row each below each other.</summary>
    public Tensor Below(IReadOnlyList<Tensor> parts) => Record(
        parts.Count, parts[0].Columns,
        (r, c) => parts[r].Value[0, c],
        (r, c, dy) => parts[r].Gradient[0, c] += dy);

    /// <summary>y = a + b.</summary>
    public Tensor Add(Tensor a, Tensor b) => Record(
        a.Rows, a.Columns,
        (r, c) => a.Value[r, c] + b.Value[r, c],
        (r, c, dy) =>
        {
            a.Gradient[r, c] += dy;
            b.Gradient[r, c] += dy;
        });

    /// <summary>y = x + b for every row of x.</summary>
    public Tensor AddBias(Tensor x, Tensor b) => Record(
        x.Rows, x.Columns,
        (r, c) => x.Value[r, c] + b.Value[0, c],
        (r, c, dy) =>
        {
            x.Gradient[r, c] += dy;
            b.Gradient[0, c] += dy;
        });

    /// <summary>y[r, c] = x[r, c] + the element of a table that is picked for r and c.</summary>
    public Tensor AddPicked(Tensor x, Tensor table, Func<int, int, (int Row, int Column)> pick) => Record(
        x.Rows, x.Columns,
        (r, c) => x.Value[r, c] + table.Value[pick(r, c).Row, pick(r, c).Column],
        (r, c, dy) =>
        {
            x.Gradient[r, c] += dy;
            table.Gradient[pick(r, c).Row, pick(r, c).Column] += dy;
        });

    /// <summary>y = a b, element by element.</summary>
    public Tensor Times(Tensor a, Tensor b) => Record(
        a.Rows, a.Columns,
        (r, c) => a.Value[r, c] * b.Value[r, c],
        (r, c, dy) =>
        {
            a.Gradient[r, c] += dy * b.Value[r, c];
            b.Gradient[r, c] += dy * a.Value[r, c];
        });

    /// <summary>The mean of all rows, one row.</summary>
    public Tensor Mean(Tensor x) => Record(
        1, x.Columns,
        (_, c) => Range(x.Rows).Average(r => x.Value[r, c]),
        (_, c, dy) =>
        {
            for (int r = 0; r < x.Rows; r++)
            {
                x.Gradient[r, c] += dy / x.Rows;
            }
        });

    /// <summary>y[r, c] = x[r, k] with k picked for each element of y [rows of x, columns].</summary>
    public Tensor Pick(Tensor x, int columns, Func<int, int, int> k) => Record(
        x.Rows, columns,
        (r, c) => x.Value[r, k(r, c)],
        (r, c, dy) => x.Gradient[r, k(r, c)] += dy);

    /// <summary>y[r, c] = x[r, c] where it is kept and negative infinity elsewhere.</summary>
    public Tensor Keep(Tensor x, Func<int, int, bool> kept) => Record(
        x.Rows, x.Columns,
        (r, c) => kept(r, c) ? x.Value[r, c] : double.NegativeInfinity,
        (r, c, dy) => x.Gradient[r, c] += kept(r, c) ? dy : 0);

    /// <summary>
    /// Rotary positions (Su et al., 2021): in row r, y_i + i y_(i+d/2) = e^(i angle) (x_i + i x_(i+d/2)) with the
    /// angle r b^(-2i/d), for all i below d/2.
    /// </summary>
    public Tensor Rotate(Tensor x, double b)
    {
        int half = x.Columns / 2;
        double Angle(int r, int c) => r * Math.Pow(b, -2.0 * (c % half) / x.Columns);
        return Record(
            x.Rows, x.Columns,
            (r, c) => (Math.Cos(Angle(r, c)) * x.Value[r, c]) + (c < half
                ? -Math.Sin(Angle(r, c)) * x.Value[r, c + half]
                : Math.Sin(Angle(r, c)) * x.Value[r, c - half]),
            (r, c, dy) =>
            {
                x.Gradient[r, c] += dy * Math.Cos(Angle(r, c));
                x.Gradient[r, c < half ? c + half : c - half] += dy * Math.Sin(Angle(r, c)) * (c < half ? -1 : 1);
            });
    }

    /// <summary>y = f(x), with the derivative of f.</summary>
    public Tensor Pointwise(Tensor x, Func<double, double> f, Func<double, double> slope) => Record(
        x.Rows, x.Columns,
        (r, c) => f(x.Value[r, c]),
        (r, c, dy) => x.Gradient[r, c] += dy * slope(x.Value[r, c]));

    /// <summary>y = scale a b.</summary>
    public Tensor Product(Tensor a, Tensor b, double scale = 1) => Record(
        a.Rows, b.Columns,
        (r, c) => scale * Enumerable.Range(0, a.Columns).Sum(i => a.Value[r, i] * b.Value[i, c]),
        (r, c, dy) =>
        {
            for (int i = 0; i < a.Columns; i++)
            {
                a.Gradient[r, i] += dy * scale * b.Value[i, c];
                b.Gradient[i, c] += dy * scale * a.Value[r, i];
            }
        });

    /// <summary>y[r, c] = x[c, r].</summary>
    public Tensor Transpose(Tensor x) => Record(
        x.Columns, x.Rows,
        (r, c) => x.Value[c, r],
        (r, c, dy) => x.Gradient[c, r] += dy);

    /// <summary>y = e^x / Σ e^x of every row; its Jacobian is dy_c/dx_j = y_c (δ_cj - y_j).</summary>
    public Tensor Softmax(Tensor x)
    {
        double[] sums = [.. Range(x.Rows).Select(r => Range(x.Columns).Sum(c => Math.Exp(x.Value[r, c])))];
        double Y(int r, int c) => Math.Exp(x.Value[r, c]) / sums[r];
        return Record(x.Rows, x.Columns, Y, (r, c, dy) =>
        {
            for (int j = 0; j < x.Columns; j++)
            {
                x.Gradient[r, j] += dy * Y(r, c) * ((c == j ? 1 : 0) - Y(r, j));
            }
        });
    }

    /// <summary>
    /// y = gain n + bias, n = (x - mean) / √(variance + ε) of every row of width h; its Jacobian is
    /// dn_c/dx_j = (δ_cj - (1 + n_c n_j) / h) / √(variance + ε).
    /// </summary>
    public Tensor LayerNorm(Tensor x, Tensor gain, Tensor bias, double epsilon)
    {
        int h = x.Columns;
        double[] means = [.. Range(x.Rows).Select(r => Range(h).Average(c => x.Value[r, c]))];
        double[] deviations = [.. Range(x.Rows).Select(r => Math.Sqrt(
            Range(h).Average(c => Math.Pow(x.Value[r, c] - means[r], 2)) + epsilon))];
        double N(int r, int c) => (x.Value[r, c] - means[r]) / deviations[r];
        return Record(
            x.Rows, h,
            (r, c) => (gain.Value[0, c] * N(r, c)) + bias.Value[0, c],
            (r, c, dy) =>
            {
                gain.Gradient[0, c] += dy * N(r, c);
                bias.Gradient[0, c] += dy;
                for (int j = 0; j < h; j++)
                {
                    double jacobian = ((c == j ? 1 : 0) - ((1 + (N(r, c) * N(r, j))) / h)) / deviations[r];
                    x.Gradient[r, j] += dy * gain.Value[0, c] * jacobian;
                }
            });
    }

    private static IEnumerable<int> Range(int count) => Enumerable.Range(0, count);

    private Tensor Record(int rows, int columns, Func<int, int, double> value, Action<int, int, double> backward)
    {
        Tensor y = new(new double[rows, columns]);
        foreach ((int r, int c) in Elements(y))
        {
            y.Value[r, c] = value(r, c);
        }

        _backward.Push(() =>
        {
            foreach ((int r, int c) in Elements(y))
            {
                backward(r, c, y.Gradient[r, c]);
            }
        });
        return y;
    }

    private static IEnumerable<(int Row, int Column)> Elements(Tensor y) =>
        from r in Range(y.Rows)
        from c in Range(y.Columns)
        select (r, c);
}
