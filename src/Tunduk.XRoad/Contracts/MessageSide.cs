namespace Tunduk.XRoad.Contracts;

/// <summary>Which message of an operation is meant.</summary>
public enum MessageSide
{
    Request,
    Response,
}
