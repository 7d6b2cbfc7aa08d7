using System.Collections.Immutable;
using Tunduk.XRoad.Identifiers;

namespace Tunduk.XRoad.Metaservices;

/// <summary>One row of the REST forms of <c>listMethods</c> and <c>allowedMethods</c>.</summary>
/// <param name="Service">Without version.</param>
/// <param name="ServiceType"><c>REST</c> or <c>OPENAPI</c>.</param>
/// <param name="Endpoints">Methods and paths; <c>*</c> and <c>**</c> stand for any.</param>
public readonly record struct ListedMethod(ServiceId Service, string ServiceType, ImmutableArray<ListedEndpoint> Endpoints);
