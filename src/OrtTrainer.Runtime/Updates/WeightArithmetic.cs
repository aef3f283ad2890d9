namespace OrtTrainer.Runtime.Updates;

/// <summary>
/// Arithmetic of whole buffers of one device: what averages, soups and measurements of the loss's surface are made of.
/// Sums are float64 in one order, whatever the machine; on other devices than the processors in one of their own. A
/// result may be written over one of the operands.
/// </summary>
public abstract class WeightArithmetic
{
    /// <summary>
    /// <c>average += share (weights - average)</c> with one fused multiply-add; a share of 1 copies, whatever the
    /// average held before.
    /// </summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public abstract void Blend(WeightBuffer weights, WeightBuffer average, float share);

    /// <summary>The mean of buffers, summed in float64 in the order given.</summary>
    /// <param name="weights">One buffer or more.</param>
    /// <param name="mean">Overwritten; none of the others.</param>
    /// <exception cref="ArgumentException">There are none, or lengths differ.</exception>
    public abstract void Mean(IReadOnlyList<WeightBuffer> weights, WeightBuffer mean);

    /// <summary>
    /// Takes weights into a running mean and sum of squared deviations (Welford 1962): the textbook difference of the
    /// mean square and the squared mean loses all digits in float32 once the weights settle.
    /// </summary>
    /// <param name="weights">The weights to take in.</param>
    /// <param name="mean">The mean of those before; updated.</param>
    /// <param name="deviations">The sum of squared deviations from the mean; updated.</param>
    /// <param name="count">How many there are with these, 1 or more.</param>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public abstract void AddMoments(WeightBuffer weights, WeightBuffer mean, WeightBuffer deviations, long count);

    /// <summary><c>max(floor, deviations / count)</c>.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public abstract void Variance(WeightBuffer deviations, long count, double floor, WeightBuffer variance);

    /// <summary><c>result = x + y</c>.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public abstract void Add(WeightBuffer x, WeightBuffer y, WeightBuffer result);

    /// <summary><c>result = x - y</c>.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public abstract void Subtract(WeightBuffer x, WeightBuffer y, WeightBuffer result);

    /// <summary><c>result = x y</c>, element by element.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public abstract void Multiply(WeightBuffer x, WeightBuffer y, WeightBuffer result);

    /// <summary><c>x = factor x</c>.</summary>
    public abstract void Scale(WeightBuffer x, float factor);

    /// <summary><c>result = start + scale direction</c>, rounded once.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public abstract void Move(WeightBuffer start, double scale, WeightBuffer direction, WeightBuffer result);

    /// <summary>The sum of x[i] y[i]: 16 float64 sums by i modulo 16, added in order, then the remainder.</summary>
    /// <exception cref="ArgumentException">The lengths differ.</exception>
    public abstract double Dot(WeightBuffer x, WeightBuffer y);

    /// <summary>Copies blocks of a flat buffer one behind the other.</summary>
    /// <param name="source">A whole flat buffer.</param>
    /// <param name="blocks">Which, by index.</param>
    /// <param name="packed">Receives them; of at least their length.</param>
    public abstract void Pack(WeightBuffer source, ReadOnlySpan<int> blocks, WeightBuffer packed);

    /// <summary>Adds packed blocks to blocks of a flat buffer, or zeros to those that have none.</summary>
    /// <param name="sums">A whole flat buffer.</param>
    /// <param name="blocks">Which of its blocks, by index, each once.</param>
    /// <param name="packed">What is added.</param>
    /// <param name="places">For each of <paramref name="blocks"/> its block of <paramref name="packed"/>, by index;
    /// below 0 for zeros.</param>
    /// <param name="replaces">Whether what is there is replaced, not added to.</param>
    public abstract void AddBlocks(
        WeightBuffer sums, ReadOnlySpan<int> blocks, WeightBuffer packed, ReadOnlySpan<int> places, bool replaces);

    /// <summary>The Euclidean norm.</summary>
    public double Norm(WeightBuffer x) => Math.Sqrt(Dot(x, x));

    /// <summary>Scales a vector to length 1; zero stays zero.</summary>
    /// <returns>The length it had.</returns>
    public double Normalize(WeightBuffer x)
    {
        double norm = Norm(x);
        if (norm > 0)
        {
            Scale(x, (float)(1 / norm));
        }

        return norm;
    }
}
