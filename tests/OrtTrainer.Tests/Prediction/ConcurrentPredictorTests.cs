using OrtTrainer.Tests.Tasks;
using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Prediction;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks.Classification;
using OrtTrainer.Tests.Export;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Prediction;

/// <summary>One predictor for a whole program.</summary>
public sealed class ConcurrentPredictorTests
{
    private const int Threads = 16;
    private const int Calls = 40;

    private static readonly Example[] Inputs =
    [
        new("What is a neutron star ?"), new(""), new("Who wrote the book ?", "the red, red book."),
        new("stars"), new("the red book"), new("What is red ? What is a book ? Who wrote the stars ?"),
    ];

    [TestCase(true)]
    [TestCase(false)]
    public void Many_threads_get_what_each_would_get_alone(bool kernels)
    {
        using ExportedClassifier exported = new("bert", ClassificationTask.Instance);
        PredictorOptions options = new() { Execution = new() { IntraOpThreads = 2, UseKernels = kernels } };
        using Predictor predictor = Predictor.Open(exported.Folder, options);
        float[][] alone = [.. Enumerable.Range(0, Calls).Select(call => Scores(predictor, InputsOf(call)))];
        float[][] together = new float[Calls][];

        OnThreads(thread =>
        {
            for (int call = thread; call < Calls; call += Threads)
            {
                together[call] = Scores(predictor, InputsOf(call));
            }
        });

        Assert.That(together, Is.EqualTo(alone));
    }

    [Test]
    public void Disposal_while_calls_run_ends_them_in_an_exception_that_says_so()
    {
        using ExportedClassifier exported = new("bert", ClassificationTask.Instance);
        for (int round = 0; round < 10; round++)
        {
            Predictor predictor = Predictor.Open(exported.Folder);
            float[] expected = Scores(predictor, Inputs);
            int refused = 0;
            using CountdownEvent started = new(Threads);

            OnThreads(
                _ =>
                {
                    started.Signal();
                    try
                    {
                        while (true)
                        {
                            Assert.That(Scores(predictor, Inputs), Is.EqualTo(expected));
                        }
                    }
                    catch (ObjectDisposedException)
                    {
                        Interlocked.Increment(ref refused);
                    }
                },
                meanwhile: () =>
                {
                    started.Wait();
                    predictor.Dispose();
                });

            Assert.That(refused, Is.EqualTo(Threads));
            Assert.That(() => Scores(predictor, Inputs), Throws.TypeOf<ObjectDisposedException>());
        }
    }

    [Test]
    public void A_call_that_fails_leaves_the_predictor_usable()
    {
        using ExportedClassifier exported = new("bert", ClassificationTask.Instance);
        using OnnxModel model = OnnxModel.FromFile(
            Path.Combine(exported.Folder, "onnx", "model.onnx"), new SequenceHead(3), TinyClassifier.OneThread);
        TokenizedExample good = new([2, 5, 3], [0, 0, 0]);
        TokenizedExample unknown = new([2, 1_000_000, 3], [0, 0, 0]);
        float[] expected = model.Logits([good], 3);

        OnThreads(thread =>
        {
            if (thread % 2 == 0)
            {
                Assert.That(() => model.Logits([unknown], 3), Throws.TypeOf<RuntimeFailureException>());
            }
            else
            {
                Assert.That(model.Logits([good], 3), Is.EqualTo(expected));
            }
        });
    }

    private static Example[] InputsOf(int call) => Inputs[..(1 + (call % Inputs.Length))];

    private static void OnThreads(Action<int> work, Action? meanwhile = null)
    {
        List<Exception> failures = [];
        Thread[] threads = [.. Enumerable.Range(0, Threads).Select(thread => new Thread(() =>
        {
            try
            {
                work(thread);
            }
            catch (Exception failure)
            {
                lock (failures)
                {
                    failures.Add(failure);
                }
            }
        }))];
        Array.ForEach(threads, thread => thread.Start());
        meanwhile?.Invoke();
        Array.ForEach(threads, thread => thread.Join());
        Assert.That(failures, Is.Empty);
    }

    private static float[] Scores(Predictor predictor, IReadOnlyList<Example> inputs) =>
        [.. predictor.Predict(inputs).SelectMany(prediction => prediction.Scores)];
}
