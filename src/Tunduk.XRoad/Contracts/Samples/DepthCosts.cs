using Tunduk.XRoad.Contracts.Schema;

namespace Tunduk.XRoad.Contracts.Samples;

/// <summary>How many levels the smallest content of a type has, so that recursion can be ended by the shortest way.</summary>
internal sealed class DepthCosts
{
    public const int Infinite = 1_000;
    private readonly Dictionary<ComplexType, int> costs = [];

    public void Compute(SchemaType root)
    {
        var types = TypeWalk.From(root).Types.OfType<ComplexType>().ToList();
        foreach (var type in types)
        {
            costs[type] = Infinite;
        }

        // Each round settles at least one more level; a type that never settles must contain itself.
        // What lies deepest comes first, so that few rounds suffice; more levels than are infinite need no round.
        types.Reverse();
        var changed = true;
        for (var round = 0; changed && round < Infinite; round++)
        {
            changed = false;
            foreach (var type in types)
            {
                var cost = type.Particle is null ? 1 : Math.Min(Infinite, 1 + Of(type.Particle));
                if (type.Abstract)
                {
                    cost = type.Derived.Where(d => !d.Abstract).Select(d => costs.GetValueOrDefault(d, Infinite)).DefaultIfEmpty(Infinite).Min();
                }

                changed |= cost < costs[type];
                costs[type] = Math.Min(cost, costs[type]);
            }
        }
    }

    public int Of(SchemaType type) => type is ComplexType complex ? costs.GetValueOrDefault(complex, Infinite) : 1;

    public int Of(Particle particle) => particle.Min == 0 ? 0 : OfOnce(particle);

    public int OfOnce(Particle particle) => particle.Kind switch
    {
        ParticleKind.Element => particle.Element!.Nillable && particle.Element.Type is not ComplexType { Abstract: true } ? 1 : Of(particle.Element.Type),
        ParticleKind.Any => 1,
        // A choice of nothing is never met (XSD 1.0 §3.8.1).
        ParticleKind.Choice => particle.Children.Count == 0 ? Infinite : particle.Children.Min(Of),
        _ => particle.Children.Count == 0 ? 0 : particle.Children.Max(Of),
    };
}
