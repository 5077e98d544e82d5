/// Finds what a misspelt name probably meant.
enum NearestName {
    /// - Returns: the candidate with the fewest slips from `name`, the first in order if there are several; nil if all
    ///   are too far to be meant.
    static func of(_ name: String, among candidates: [String]) -> String? {
        let nearest = candidates.map { (distance: distance(name, $0), name: $0) }.min { $0 < $1 }
        guard let nearest, nearest.distance <= max(2, name.utf8.count / 6) else { return nil }
        return nearest.name
    }

    /// The fewest insertions, deletions, replacements and swaps of neighbours that lead from one name to the other.
    static func distance(_ from: String, _ to: String) -> Int {
        let (from, to) = (Array(from.utf8), Array(to.utf8))
        var beforePrevious: [Int] = []
        var previous = Array(0...to.count)
        for row in from.indices {
            var current = [row + 1]
            for column in to.indices {
                let isEqual = from[row] == to[column]
                var least = min(previous[column + 1] + 1, current[column] + 1, previous[column] + (isEqual ? 0 : 1))
                if row > 0, column > 0, from[row] == to[column - 1], from[row - 1] == to[column] {
                    least = min(least, beforePrevious[column - 1] + 1)
                }
                current.append(least)
            }
            (beforePrevious, previous) = (previous, current)
        }
        return previous[to.count]
    }
}
