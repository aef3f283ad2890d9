using OrtTrainer.Graph;
using OrtTrainer.Runtime;

namespace OrtTrainer.Tests.Runtime;

public sealed class BindingPoolTests
{
    private static readonly byte[] Double = new TestModel()
        .Input("x", ElementType.Float, "n").Output("y", ElementType.Float, "n").Node("Add", ["x", "x"], ["y"]).Bytes();

    [Test]
    public void Two_leases_are_two_bindings_and_one_that_came_back_is_lent_again()
    {
        using GraphSession session = GraphSession.FromBytes(Double, new() { IntraOpThreads = 1 });
        int prepared = 0;
        using BindingPool pool = new(session, binding =>
        {
            prepared++;
            binding.BindOutput("y");
        });

        BindingPool.Lease first = pool.Rent();
        using BindingPool.Lease second = pool.Rent();
        Binding lent = first.Binding;
        first.Dispose();
        first.Dispose();
        using BindingPool.Lease third = pool.Rent();

        Assert.That(third.Binding, Is.SameAs(lent).And.Not.SameAs(second.Binding));
        Assert.That(prepared, Is.EqualTo(2));
        Assert.That(() => first.Binding, Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void A_lent_binding_outlives_pool_and_session_but_runs_no_more()
    {
        OpenObjects.AssertSameAfter(() =>
        {
            GraphSession session = GraphSession.FromBytes(Double, new() { IntraOpThreads = 1 });
            BindingPool pool = new(session, binding => binding.BindOutput("y"));
            BindingPool.Lease lease = pool.Rent();
            lease.Binding.SetInput("x", [1f, 2], [2]);
            lease.Binding.Run();

            pool.Dispose();
            session.Dispose();

            Assert.That(lease.Binding.Output("y").ToArray(), Is.EqualTo(new[] { 2f, 4 }));
            Assert.That(lease.Binding.Run, Throws.TypeOf<ObjectDisposedException>());
            Assert.That(pool.Rent, Throws.TypeOf<ObjectDisposedException>());
            lease.Dispose();
        });
    }

    [Test]
    public void A_binding_that_cannot_be_prepared_is_not_kept() => OpenObjects.AssertSameAfter(() =>
    {
        using GraphSession session = GraphSession.FromBytes(Double, new() { IntraOpThreads = 1 });
        using BindingPool pool = new(session, binding => binding.BindOutput("absent"));

        Assert.That(pool.Rent, Throws.ArgumentException.With.Message.Contains("absent"));
    });

    [Test]
    public void Many_threads_run_one_session_side_by_side()
    {
        using GraphSession session = GraphSession.FromBytes(Double, new() { IntraOpThreads = 2 });
        using BindingPool pool = new(session, binding => binding.BindOutput("y"));

        Parallel.For(0, 500, new ParallelOptions { MaxDegreeOfParallelism = 16 }, n =>
        {
            float[] x = [.. Enumerable.Range(n, 1 + (n % 50)).Select(i => (float)i)];
            using BindingPool.Lease lease = pool.Rent();
            lease.Binding.SetInput("x", x, [x.Length]);
            lease.Binding.Run();
            Assert.That(lease.Binding.Output("y").ToArray(), Is.EqualTo(x.Select(v => 2 * v)));
        });
    }

    [Test]
    public void Integers_go_to_inputs_of_either_width_and_what_does_not_fit_is_refused()
    {
        byte[] model = new TestModel().Input("ids", ElementType.Int32, "n").Output("y", ElementType.Int32, "n")
            .Node("Identity", ["ids"], ["y"]).Bytes();
        using GraphSession session = GraphSession.FromBytes(model, new() { IntraOpThreads = 1 });
        using Binding binding = session.CreateBinding();

        Assert.That(() => binding.SetIntegers("ids", [1L << 31], [1]), Throws.TypeOf<OverflowException>());
        Assert.That(() => binding.SetIntegers("ids", [1, 2], [2]), Throws.Nothing);
    }
}
