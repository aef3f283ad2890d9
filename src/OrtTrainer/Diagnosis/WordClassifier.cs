using OrtTrainer.Randomness;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Diagnosis;

/// <summary>
/// A quick classifier to check data with: softmax regression on words and pairs of neighbouring words, hashed into a
/// table, trained by AdaGrad. It knows no language; it takes seconds where a fine-tuned model takes minutes.
/// </summary>
internal sealed class WordClassifier
{
    private const int Epochs = 8;
    private const double Rate = 0.5;

    private readonly int _classes;
    private readonly int _buckets;
    private readonly float[] _weights;
    private readonly float[] _squares;

    private WordClassifier(int classes)
    {
        _classes = classes;
        _buckets = classes <= 32 ? 1 << 17 : 1 << 14;
        _weights = new float[(long)_buckets * classes];
        _squares = new float[(long)_buckets * classes];
    }

    /// <summary>Probabilities of each text by a classifier that was trained on the others: folds are drawn class by
    /// class.</summary>
    /// <param name="texts">[N].</param>
    /// <param name="labels">[N], from 0 to K - 1.</param>
    /// <param name="classes">K.</param>
    /// <param name="folds">Parts, 2 or more.</param>
    /// <param name="seed">Fixes folds and order.</param>
    /// <param name="cancellation">Stops between passes.</param>
    /// <returns>[N, K].</returns>
    public static double[] OutOfFold(
        IReadOnlyList<string> texts, int[] labels, int classes, int folds, ulong seed,
        CancellationToken cancellation = default)
    {
        SeededRandom random = SeededRandom.For(seed, "folds");
        int[] foldOf = FoldsOf(labels, folds, random);
        WordClassifier shape = new(classes);
        (int Bucket, float Value)[][] features = [.. texts.Select(shape.FeaturesOf)];
        double[] probabilities = new double[texts.Count * classes];
        for (int fold = 0; fold < folds; fold++)
        {
            WordClassifier model = fold == 0 ? shape : new WordClassifier(classes);
            int[] train = [.. Enumerable.Range(0, texts.Count).Where(row => foldOf[row] != fold)];
            for (int epoch = 0; epoch < Epochs; epoch++)
            {
                cancellation.ThrowIfCancellationRequested();
                random.Shuffle(train);
                foreach (int row in train)
                {
                    model.Learn(features[row], labels[row]);
                }
            }

            foreach (int row in Enumerable.Range(0, texts.Count).Where(row => foldOf[row] == fold))
            {
                model.Predict(features[row], probabilities.AsSpan(row * classes, classes));
            }
        }

        return probabilities;
    }

    private static int[] FoldsOf(int[] labels, int folds, SeededRandom random)
    {
        int[] foldOf = new int[labels.Length];
        int next = 0;
        foreach (IGrouping<int, int> rows in Enumerable.Range(0, labels.Length).GroupBy(row => labels[row]))
        {
            int[] shuffled = [.. rows];
            random.Shuffle(shuffled);
            foreach (int row in shuffled)
            {
                foldOf[row] = next++ % folds;
            }
        }

        return foldOf;
    }

    private void Learn((int Bucket, float Value)[] features, int label)
    {
        double[] errors = new double[_classes];
        Predict(features, errors);
        errors[label] -= 1;
        foreach ((int bucket, float value) in features)
        {
            int at = bucket * _classes;
            for (int k = 0; k < _classes; k++)
            {
                float gradient = (float)errors[k] * value;
                _squares[at + k] += gradient * gradient;
                _weights[at + k] -= (float)(Rate * gradient / (1e-3 + Math.Sqrt(_squares[at + k])));
            }
        }
    }

    private void Predict((int Bucket, float Value)[] features, Span<double> probabilities)
    {
        probabilities.Clear();
        foreach ((int bucket, float value) in features)
        {
            int at = bucket * _classes;
            for (int k = 0; k < _classes; k++)
            {
                probabilities[k] += _weights[at + k] * value;
            }
        }

        Softmax.LogProbabilities(probabilities, 1, probabilities);
        for (int k = 0; k < probabilities.Length; k++)
        {
            probabilities[k] = Math.Exp(probabilities[k]);
        }
    }

    /// <summary>Words and pairs of them, as one vector of length 1, and a constant.</summary>
    private (int Bucket, float Value)[] FeaturesOf(string text)
    {
        List<int> buckets = [];
        string before = "^";
        foreach (string word in WordsOf(text))
        {
            buckets.Add(BucketOf(word));
            buckets.Add(BucketOf(before + " " + word));
            before = word;
        }

        float value = (float)(1 / Math.Sqrt(Math.Max(1, buckets.Count)));
        return [.. buckets.Select(bucket => (bucket, value)), (0, 1f)];
    }

    private static IEnumerable<string> WordsOf(string text)
    {
        int start = -1;
        for (int at = 0; at <= text.Length; at++)
        {
            bool isWord = at < text.Length && char.IsLetterOrDigit(text[at]);
            if (isWord && start < 0)
            {
                start = at;
            }
            else if (!isWord && start >= 0)
            {
                yield return text[start..at].ToLowerInvariant();
                start = -1;
            }
        }
    }

    // FNV-1a, folded: the same on every machine. Bucket 0 is the constant's.
    private int BucketOf(string word)
    {
        uint hash = 2166136261;
        foreach (char character in word)
        {
            hash = (hash ^ character) * 16777619;
        }

        return 1 + (int)((hash ^ (hash >> 15)) % (uint)(_buckets - 1));
    }
}
