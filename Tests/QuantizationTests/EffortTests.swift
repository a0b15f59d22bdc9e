import Clustering
import Testing

struct EffortTests {
  @Test func optionsAreTheirNames() {
    #expect(Effort.allCases.map(\.rawValue) == ["fast", "normal", "best"])
    #expect(KMeansSettings(clusterCount: 2).effort == .normal)
  }

  @Test func moreEffortIsMoreThorough() {
    let efforts = Effort.allCases.map { $0.exchange(64) }
    for (less, more) in zip(efforts, efforts.dropFirst()) {
      #expect(less.trialIterations <= more.trialIterations)
      #expect(less.estimateIterations <= more.estimateIterations)
      #expect(less.roundLimit <= more.roundLimit)
      #expect(less.boldness >= more.boldness)
    }
    #expect(efforts.allSatisfy { $0.neighborCount > 0 && $0.trialIterations > 0 && $0.roundLimit > 0 })
  }
}
