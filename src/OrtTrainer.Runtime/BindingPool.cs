namespace OrtTrainer.Runtime;

/// <summary>
/// Bindings of one session for any number of threads: each run has a binding to itself, and there are as many as ever
/// ran at once. Safe to use and to dispose from several threads.
/// </summary>
/// <param name="session">The session; not disposed here.</param>
/// <param name="prepare">Binds what stays the same from run to run.</param>
public sealed class BindingPool(GraphSession session, Action<Binding> prepare) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Stack<Binding> _idle = [];
    private bool _disposed;

    /// <summary>Lends a binding for one run; dispose the lease to give it back.</summary>
    /// <exception cref="ObjectDisposedException">This or the session was disposed.</exception>
    public Lease Rent()
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_idle.TryPop(out Binding? idle))
            {
                return new Lease(this, idle);
            }
        }

        Binding binding = session.CreateBinding();
        try
        {
            prepare(binding);
            return new Lease(this, binding);
        }
        catch
        {
            binding.Dispose();
            throw;
        }
    }

    /// <summary>Frees the bindings: idle ones now, those that are lent when they come back.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            while (_idle.TryPop(out Binding? idle))
            {
                idle.Dispose();
            }
        }
    }

    private void Return(Binding binding)
    {
        lock (_lock)
        {
            if (!_disposed)
            {
                _idle.Push(binding);
                return;
            }
        }

        binding.Dispose();
    }

    /// <summary>A binding that is lent to one thread.</summary>
    public sealed class Lease : IDisposable
    {
        private readonly BindingPool _pool;
        private Binding? _binding;

        internal Lease(BindingPool pool, Binding binding) => (_pool, _binding) = (pool, binding);

        /// <summary>The binding.</summary>
        /// <exception cref="ObjectDisposedException">It was given back.</exception>
        public Binding Binding
        {
            get
            {
                ObjectDisposedException.ThrowIf(_binding is null, this);
                return _binding;
            }
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _binding, null) is { } binding)
            {
                _pool.Return(binding);
            }
        }
    }
}
