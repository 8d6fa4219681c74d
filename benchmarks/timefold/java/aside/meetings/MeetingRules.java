package aside.meetings;

import static ai.timefold.solver.core.api.score.stream.Joiners.equal;
import static ai.timefold.solver.core.api.score.stream.Joiners.filtering;
import static ai.timefold.solver.core.api.score.stream.Joiners.lessThan;
import static ai.timefold.solver.core.api.score.stream.Joiners.overlapping;

import ai.timefold.solver.core.api.score.buildin.hardmediumsoft.HardMediumSoftScore;
import ai.timefold.solver.core.api.score.stream.Constraint;
import ai.timefold.solver.core.api.score.stream.ConstraintFactory;
import ai.timefold.solver.core.api.score.stream.ConstraintProvider;
import ai.timefold.solver.core.api.score.stream.bi.BiConstraintStream;

/** The twelve rules of OptaPlanner's public meeting-scheduling example, with its weights. */
public class MeetingRules implements ConstraintProvider {

    @Override
    public Constraint[] defineConstraints(ConstraintFactory factory) {
        return new Constraint[] {
            factory.forEachUniquePair(Assignment.class, equal(Assignment::getRoom),
                            overlapping(Assignment::first, Assignment::end))
                    .penalize(HardMediumSoftScore.ONE_HARD, Assignment::overlap)
                    .asConstraint("room conflict"),
            factory.forEach(Assignment.class)
                    .ifNotExists(TimeGrain.class, equal(Assignment::last, TimeGrain::index))
                    .penalize(HardMediumSoftScore.ONE_HARD, Assignment::last)
                    .asConstraint("overtime"),
            overlaps(factory).filter((one, other) -> one.bothRequired(other) > 0)
                    .penalize(HardMediumSoftScore.ONE_HARD,
                            (one, other) -> one.bothRequired(other) * one.overlap(other))
                    .asConstraint("required attendance"),
            factory.forEach(Assignment.class)
                    .filter(meeting -> meeting.peopleTooMany() > 0)
                    .penalize(HardMediumSoftScore.ONE_HARD, Assignment::peopleTooMany)
                    .asConstraint("room capacity"),
            factory.forEach(Assignment.class)
                    .join(TimeGrain.class, equal(Assignment::last, TimeGrain::index),
                            filtering((meeting, last) -> meeting.getStart().day() != last.day()))
                    .penalize(HardMediumSoftScore.ONE_HARD)
                    .asConstraint("same day"),
            overlaps(factory).filter((one, other) -> one.somePreferred(other) > 0)
                    .penalize(HardMediumSoftScore.ONE_MEDIUM,
                            (one, other) -> one.somePreferred(other) * one.overlap(other))
                    .asConstraint("preferred attendance"),
            factory.forEach(Assignment.class)
                    .penalize(HardMediumSoftScore.ONE_SOFT, Assignment::last)
                    .asConstraint("soon"),
            factory.forEach(Assignment.class)
                    .join(Assignment.class, equal(Assignment::end, Assignment::first))
                    .penalize(HardMediumSoftScore.ofSoft(100))
                    .asConstraint("break between"),
            overlaps(factory).penalize(HardMediumSoftScore.ofSoft(10), Assignment::overlap)
                    .asConstraint("overlapping"),
            factory.forEach(Assignment.class)
                    .join(Room.class, lessThan(meeting -> meeting.getRoom().seats(), Room::seats))
                    .penalize(HardMediumSoftScore.ONE_SOFT,
                            (meeting, larger) -> larger.seats() - meeting.getRoom().seats())
                    .asConstraint("larger rooms first"),
            factory.forEach(Assignment.class)
                    .join(Assignment.class, lessThan(Assignment::first),
                            filtering((left, right) -> left.shared(right) > 0
                                    && left.getRoom() != right.getRoom()
                                    && right.first() - left.end() <= 2))
                    .penalize(HardMediumSoftScore.ONE_SOFT, Assignment::shared)
                    .asConstraint("room stability"),
        };
    }

    private static BiConstraintStream<Assignment, Assignment> overlaps(ConstraintFactory factory) {
        return factory.forEachUniquePair(Assignment.class, overlapping(Assignment::first, Assignment::end));
    }
}
