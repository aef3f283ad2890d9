using System.Runtime.ExceptionServices;
using OrtTrainer.Runtime.Distributed;

namespace OrtTrainer.Runtime.Cpu.Updates;

/// <summary>
/// Runs chunks of work on a fixed set of threads, of which the caller is one. Threads sleep between runs (so that ONNX
/// Runtime's threads have the cores to themselves), and a run allocates nothing. Which thread takes a chunk is left to
/// chance; results do not depend on it as long as <see cref="IChunkWork"/>'s rule is kept. A run ends when its chunks
/// have: it does not wait for threads that are woken too late to take one, which on a busy machine would cost more than
/// the work.
/// </summary>
internal sealed class ChunkedLoop : IDisposable
{
    private readonly SemaphoreSlim _wake = new(0);
    private readonly SemaphoreSlim _finished = new(0);
    private readonly Lock _oneRunAtATime = new();
    private readonly Thread[] _workers;
    private IChunkWork? _work;
    private int _first;
    private int _chunks;
    private int _left;
    private int _unfinished;
    private ExceptionDispatchInfo? _failure;
    private volatile bool _stopping;

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">Threads that work during a run, the caller included; 1 starts none.</param>
    /// <param name="share">What <see cref="RunShare"/> runs; null for everything.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1 thread.</exception>
    public ChunkedLoop(int threads, UpdateShare? share = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Threads = threads;
        Share = share ?? UpdateShare.Whole;
        _workers = new Thread[threads - 1];
        for (var i = 0; i < _workers.Length; i++)
        {
            _workers[i] = new Thread(Work) { IsBackground = true, Name = $"OrtTrainer chunk worker {i + 1}" };
            _workers[i].Start();
        }
    }

    /// <summary>Threads that work during a run, the caller included.</summary>
    public int Threads { get; }

    /// <summary>Which chunks of flat buffers this process updates.</summary>
    public UpdateShare Share { get; }

    /// <summary>Runs the chunks of flat buffers that are this process's <see cref="Share"/>.</summary>
    /// <inheritdoc cref="Run(IChunkWork, int)"/>
    public void RunShare(IChunkWork work, int chunks)
    {
        (int first, int end) = Share.ChunksOf(chunks);
        Run(work, first, end - first);
    }

    /// <summary>Runs every chunk and returns when all are done. Must not be called from within a chunk.</summary>
    /// <param name="work">What a chunk does. Its first exception stops the run and is thrown here.</param>
    /// <param name="chunks">Number of chunks, 0 or more.</param>
    public void Run(IChunkWork work, int chunks) => Run(work, first: 0, chunks);

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        lock (_oneRunAtATime)
        {
            if (_stopping)
            {
                return;
            }

            _stopping = true;
            if (_workers.Length > 0)
            {
                _wake.Release(_workers.Length);
            }

            foreach (var worker in _workers)
            {
                worker.Join();
            }

            _wake.Dispose();
            _finished.Dispose();
        }
    }

    private void Run(IChunkWork work, int first, int chunks)
    {
        ArgumentNullException.ThrowIfNull(work);
        ArgumentOutOfRangeException.ThrowIfNegative(chunks);
        lock (_oneRunAtATime)
        {
            ObjectDisposedException.ThrowIf(_stopping, this);
            if (chunks == 0)
            {
                return;
            }

            (_work, _first, _chunks, _unfinished, _failure) = (work, first, chunks, chunks, null);
            // Last: a worker that comes late from an earlier run may take a chunk from here on, and none before.
            Volatile.Write(ref _left, chunks);
            // Those that were woken before and have not come yet will come to this run.
            var helpers = Math.Min(_workers.Length, chunks - 1) - _wake.CurrentCount;
            if (helpers > 0)
            {
                _wake.Release(helpers);
            }

            TakeChunks();
            _finished.Wait();
            _work = null;
            _failure?.Throw();
        }
    }

    private void Work()
    {
        while (true)
        {
            _wake.Wait();
            if (_stopping)
            {
                return;
            }

            TakeChunks();
        }
    }

    // Counted down to a fixed end, so that whoever gets a number of 0 or more has a chunk of the run that is going on,
    // which cannot end before that chunk does.
    private void TakeChunks()
    {
        int left;
        while ((left = Interlocked.Decrement(ref _left)) >= 0)
        {
            var done = 1;
            try
            {
                _work!.Run(_first + _chunks - 1 - left);
            }
            // An exception that left a worker thread would end the process; it belongs to the caller of Run. Nobody
            // takes the chunks that are left.
            catch (Exception exception)
            {
                Interlocked.CompareExchange(ref _failure, ExceptionDispatchInfo.Capture(exception), null);
                done += Math.Max(0, Interlocked.Exchange(ref _left, 0));
            }

            if (Interlocked.Add(ref _unfinished, -done) == 0)
            {
                _finished.Release();
            }
        }
    }
}
